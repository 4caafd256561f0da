import { describe, expect, test } from 'vitest';
import { markerOf, parseMarker } from '../../../src/lxd/parse/marker.ts';

const LINE = '1000 lockstep-marker 1 ops2-bb r999zzz 1600 900 slack:U01BOB';

describe('the line of a marker', () => {
  test('says who, and how long by the clock that wrote it', () => {
    const line = parseMarker(LINE);
    expect(line).toEqual({ kind: 'held', installation: 'ops2-bb', run: 'r999zzz', by: 'slack:U01BOB', leftS: 600 });
    expect(markerOf(line, { receivedAt: 5_000_000, installation: 'ops1-aa' })).toMatchObject({
      isOurs: false,
      isOver: false,
      until: 5_600_000,
    });
    expect(markerOf(line, { receivedAt: 5, installation: 'ops2-bb' })).toMatchObject({ isOurs: true });
    expect(markerOf(line, { receivedAt: 5 })).toMatchObject({ isOurs: false });
  });

  test('is over at its deadline, not a second later', () => {
    const at = (now: number): boolean | null => {
      const marker = markerOf(parseMarker(LINE.replace('1000', String(now))), { receivedAt: 0 });
      return marker?.kind === 'held' ? marker.isOver : null;
    };
    expect([at(1599), at(1600), at(1601)]).toEqual([false, true, true]);
  });

  test.each([
    ['what the script could not read', 'unreadable'],
    ['nothing', ''],
    ['another format', LINE.replace('marker 1', 'marker 2')],
    ['a word too many', `${LINE} $(reboot)`],
    ['a day and a second ahead', LINE.replace('1600', '87401')],
    ['control characters', LINE.replace('ops2', 'ops\u001b')],
  ])('%s is unreadable, never free', (_, value) => {
    expect(parseMarker(value)).toEqual({ kind: 'unreadable' });
  });

  test('none is none', () => {
    expect(markerOf(parseMarker(null), { receivedAt: 0 })).toBeNull();
  });
});
