/** One line per log pattern, composed from LXD's message texts (5.0.2 captured where marked, the rest derived from its source). */
export const LOG_SAMPLES: Readonly<Record<string, string>> = {
  // captured, LXD 5.0.2, 2026-11-23
  behind_fatal: `time="2026-11-23T04:24:05Z" level=error msg="Failed to start the daemon" err="Failed to initialize global database: failed to ensure schema: this node's version is behind, please upgrade"`,
  ahead_wait_old:
    'time="2026-11-23T04:24:05Z" level=warning msg="Wait for other cluster nodes to upgrade their versions, cluster not started yet"',
  daemon_start_failed: 'time="2026-11-23T04:24:05Z" level=error msg="Failed to start the daemon" err="x"',
  global_db_failed:
    'time="2026-11-23T04:24:05Z" level=error msg="Failed to start the daemon" err="Failed to initialize global database: x"',
  out_of_date:
    'time="2026-11-23T04:24:40Z" level=warning msg="Member is out-of-date with respect to other cluster members"',
  event_listener_gated:
    'time="2026-11-23T04:35:58Z" level=warning msg="Failed adding member event listener client" err="read tcp 10.0.0.1:1->10.0.0.3:8443: i/o timeout"',
  dqlite_attempt:
    'time="2026-11-23T04:24:40Z" level=warning msg="Dqlite: attempt 3: server 10.0.0.2:8443: no known leader"',
  // derived from source
  misaligned_wait_new:
    'time="2026-01-01T00:00:00Z" level=warning msg="Wait for other cluster members to align their versions, cluster not started yet"',
  misaligned_detail_behind: `time="2026-01-01T00:00:00Z" level=debug msg="Database error" err="This cluster member's version ([73 387]) is behind another member's version ([73 402]), please ensure versions match"`,
  misaligned_detail_ahead: `time="2026-01-01T00:00:00Z" level=debug msg="Database error" err="A cluster member's version ([73 387]) is behind this cluster member's version ([73 402]), please ensure versions match"`,
  inconsistent: 'level=error err="Cluster members have inconsistent versions"',
  schema_too_new_local: `Error: Failed to open local database: schema version '43' is more recent than expected '42'`,
  schema_too_new: `err="schema version '73' is more recent than expected '60'"`,
  patch_sql_failed:
    'err="failed to execute queries from /var/snap/lxd/common/lxd/database/patch.global.sql: near x: syntax error"',
  address_mismatch: 'err="failed to update node version info: updated 0 rows instead of 1"',
  no_leader: 'err="failed to create dqlite connection: no available dqlite leader server found"',
  connecting_global_db:
    'level=error msg="Failed connecting to global database" attempt=6 err="failed to create dqlite connection"',
  dqlite_start_failed: 'err="Failed to start dqlite server: raft_start(): io: load closed segment"',
  closed_segment: 'err="closed segment 0000000000000001-0000000000000002 is past last snapshot"',
  auto_update: 'level=info msg="Triggering cluster auto-update now"',
  heartbeat_failed: 'level=warning msg="Failed heartbeat" remote="10.0.0.2:8443"',
  heartbeat_rejected: 'level=warning msg="Rejecting heartbeat request as shutting down"',
  notify_failed: 'level=warning msg="Could not notify all nodes of database upgrade"',
  time_skew: 'level=warning msg="Time skew detected between leader and local"',
  patch_apply_failed: 'err="Failed applying patch \\"storage_rename\\": x"',
  local_buckets: 'Error: LXD no longer supports storage buckets backed by local storage drivers',
  upgrade_path: 'Error: Unsupported upgrade path, please first upgrade to LXD 4.0',
  recovery_tarball: 'level=warning msg="Recovery tarball located; attempting DB recovery"',
  recovery_patch_conflict: 'Error: Custom patches should not be applied during recovery',
  last_entry: 'level=warning msg="Dqlite last entry" index=120 term=4',
  snap_failed: 'lxd.daemon[12]: => LXD failed to start',
  snap_stop_reason: 'lxd.daemon[12]: => Stop reason is: host shutdown',
  snap_forced: 'lxd.daemon[12]: ==> Forcefully stopping LXD after 9 minutes wait',
  snap_debug_binary: 'lxd.daemon[12]: ==> WARNING: Using a custom debug LXD binary!',
  systemd_limit: 'systemd[1]: snap.lxd.daemon.service: Start request repeated too quickly.',
  systemd_restart: 'systemd[1]: snap.lxd.daemon.service: Scheduled restart job, restart counter is at 7.',
};
