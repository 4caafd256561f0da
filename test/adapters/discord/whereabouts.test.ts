import { describe, expect, test } from 'vitest';
import { createWhereabouts, type Whereabouts } from '../../../src/adapters/discord/whereabouts.ts';
import { apiError, createFakeApi } from './support/stand-ins.ts';

type Attached = Parameters<Whereabouts['attach']>[0];

function cacheOf(
  channels: readonly { readonly id: string; readonly guildId: string; readonly parentId?: string }[],
): Attached {
  const entries = channels.map((each) => [each.id, { ...each, isThread: () => each.parentId !== undefined }] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of the cache that is used
  return { channels: { cache: new Map(entries) } } as unknown as Attached;
}

const channels = [{ cluster: 'prod', channel: '42' }];

describe('whose server it is', () => {
  test('the named one alone, where one is named', () => {
    const { acceptsGuild } = createWhereabouts({ ...createFakeApi(), guildId: '900', channels });
    expect([acceptsGuild('900'), acceptsGuild('901')]).toEqual([true, false]);
  });

  test('else those of the configured channels, so that a stranger’s server may ask nothing', () => {
    const whereabouts = createWhereabouts({ ...createFakeApi(), guildId: null, channels });
    expect(whereabouts.acceptsGuild('900')).toBe(false);
    whereabouts.attach(
      cacheOf([
        { id: '42', guildId: '900' },
        { id: '43', guildId: '901' },
      ]),
    );
    expect([whereabouts.acceptsGuild('900'), whereabouts.acceptsGuild('901')]).toEqual([true, false]);
  });

  test('any, where no channel is configured', () => {
    expect(createWhereabouts({ ...createFakeApi(), guildId: null, channels: [] }).acceptsGuild('900')).toBe(true);
  });
});

describe('the channel of a thread', () => {
  test('is known from the gateway', async () => {
    const { api, asked } = createFakeApi();
    const whereabouts = createWhereabouts({ api, guildId: '900', channels });
    whereabouts.attach(
      cacheOf([
        { id: '42', guildId: '900' },
        { id: '43', guildId: '900', parentId: '42' },
      ]),
    );
    expect(await whereabouts.where('43')).toEqual({ id: '43', parentId: '42' });
    expect(await whereabouts.where('42')).toEqual({ id: '42', parentId: null });
    expect(asked).toEqual([]);
  });

  test('is asked for when the gateway said nothing of it, and a refusal is not the end', async () => {
    const thread = { id: '43', type: 11, parent_id: '42' };
    const { api } = createFakeApi({ getChannel: [thread, apiError(403, 50_001)] });
    const { where } = createWhereabouts({ api, guildId: '900', channels });
    expect(await where('43')).toEqual({ id: '43', parentId: '42' });
    expect(await where('43')).toEqual({ id: '43', parentId: null });
  });

  test('a channel in a category is no thread', async () => {
    const { api } = createFakeApi({ getChannel: [{ id: '42', type: 0, parent_id: '7' }] });
    expect(await createWhereabouts({ api, guildId: '900', channels }).where('42')).toEqual({
      id: '42',
      parentId: null,
    });
  });
});
