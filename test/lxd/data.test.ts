import { describe, expect, test } from 'vitest';
import { findRelease } from '../../src/domain/release.ts';
import { logPatterns, mislabelledBuilds, releaseTable } from '../../src/lxd/data/index.ts';

describe('release table', () => {
  test('every release has as many names as its count says, none twice', () => {
    expect(releaseTable.releases.length).toBeGreaterThan(80);
    for (const release of releaseTable.releases) {
      const names = releaseTable.extensionNames(release.version);
      expect(names.length, release.version).toBe(release.extensions);
      expect(new Set(names).size, release.version).toBe(names.length);
      expect(names[0], release.version).toBe('storage_zfs_remove_snapshots');
    }
  });

  test('5.21.2 to 5.21.3 adds the fifteen names of upstream', () => {
    const before = new Set(releaseTable.extensionNames('5.21.2'));
    expect(releaseTable.extensionNames('5.21.3').filter((name) => !before.has(name))).toEqual([
      'instance_import_conversion',
      'instance_create_start',
      'devlxd_images_vm',
      'instance_protection_start',
      'disk_io_bus_virtio_blk',
      'metadata_configuration_entity_types',
      'network_allocations_ovn_uplink',
      'network_ovn_uplink_vlan',
      'shared_custom_block_volumes',
      'metrics_api_requests',
      'projects_limits_disk_pool',
      'access_management_tls',
      'state_logical_cpus',
      'vm_limits_cpu_pin_strategy',
      'gpu_cdi',
    ]);
  });

  test.each([
    ['5.21.2', 387, 73, false],
    ['5.21.3', 402, 73, false],
    ['5.21.4', 433, 73, true],
    ['5.0.2', 318, 60, false],
    ['5.0.9', 340, 60, false],
    ['4.0.9', 220, 30, false],
    ['6.3', 420, 73, false],
    ['6.4', 429, 73, true],
    ['6.9', 475, 87, true],
  ])('%s counts %i on schema %i, fix %s', (version, extensions, schema, hasFix) => {
    expect(findRelease(releaseTable, version)).toMatchObject({ extensions, schema, hasFix });
  });

  test('lists of one LTS series only grow', () => {
    for (const series of ['5.0', '5.21']) {
      const lists = releaseTable.releases
        .filter((release) => release.series === series)
        .map((release) => releaseTable.extensionNames(release.version));
      expect(lists.length).toBeGreaterThan(5);
      lists.slice(1).forEach((list, at) => {
        expect(list.slice(0, lists[at]?.length)).toEqual(lists[at]);
      });
    }
  });

  test('an unknown version has no names', () => {
    expect(releaseTable.extensionNames('9.9')).toEqual([]);
  });

  test('builds whose label lies carry another count than the release of that name', () => {
    expect(mislabelledBuilds.length).toBeGreaterThan(0);
    for (const build of mislabelledBuilds) {
      expect(findRelease(releaseTable, build.label)?.extensions).not.toBe(build.extensions);
    }
  });
});

describe('log patterns', () => {
  test('each has an id of its own and compiles', () => {
    expect(logPatterns.length).toBe(50);
    expect(new Set(logPatterns.map((entry) => entry.id)).size).toBe(50);
  });
});
