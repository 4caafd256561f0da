/** What the members' answers to the marker's texts mean, one by one and together. */
import { expect, test } from 'vitest';
import { requireRunId } from '../../src/domain/ids.ts';
import { createMarkers, type Markers } from '../../src/engine/markers.ts';
import type { ExecOutcome } from '../../src/ports/transport.ts';
import { aCluster } from '../support/cluster.ts';
import { createFakeTime } from '../support/fake-clock.ts';

const cluster = aCluster();
const members = cluster.members.map(({ name }) => name);
const run = requireRunId('rtest01');
const OUTPUT = { stdout: new Uint8Array(), stderr: new Uint8Array(), truncated: false, durationMs: 1 };
const LOST: ExecOutcome = { ...OUTPUT, kind: 'lost', reason: 'reset' };
const NO_ROUTE: ExecOutcome = { kind: 'unreachable', reason: 'no route' };

function said(line: string, code: number): ExecOutcome {
  return { ...OUTPUT, kind: 'exited', code, stdout: new TextEncoder().encode(`lockstep-result ${line}\n`) };
}

const placed = said('take-marker status=done how=placed now=1000 until=2800', 0);
const theirs = said(
  'take-marker status=foreign reason=held installation=aaaa0000aaaa0000 run=r999999 by=zoe now=1000 until=2000',
  6,
);
const ours = said('take-marker status=foreign reason=held installation=bbbb run=r000007 by=zoe now=1000 until=2000', 6);

/** Each member gives its answers in order, the last one again and again. */
function markersOver(answers: Readonly<Record<string, readonly ExecOutcome[]>>): {
  readonly markers: Markers;
  readonly asked: string[];
} {
  const { clock, timers } = createFakeTime();
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const transport = {
    async exec({ member }: { readonly member: { readonly name: string } }): Promise<ExecOutcome> {
      asked.push(member.name);
      const list = left.get(member.name) ?? [];
      return (list.length > 1 ? list.shift() : list[0]) ?? NO_ROUTE;
    },
    close: async () => undefined,
  };
  return { markers: createMarkers({ transport, clock, timers, installation: 'bbbb' }), asked };
}

const claim = { cluster, members, run, by: 'console:alice', needMs: 60_000, isOver: async () => null };

test('placed on all: held until the earliest deadline', async () => {
  const sooner = said('take-marker status=done how=taken-over now=1000 until=1900', 0);
  const { markers } = markersOver({ m1: [placed], m2: [sooner], m3: [placed] });
  const answer = await markers.take(claim);
  expect(answer).toMatchObject({ kind: 'held', takenOver: ['m2'], silent: [] });
});

test('placed on one, somebody else’s on another, no answer from the third: refused, and it says who', async () => {
  const { markers, asked } = markersOver({ m1: [placed], m2: [theirs], m3: [LOST] });
  const answer = await markers.take(claim);
  expect(answer).toMatchObject({ kind: 'refused' });
  expect(answer.kind === 'refused' && answer.reasons.join()).toContain('aaaa0000aaaa0000 for its run r999999');
  // A lost answer is asked for again, since the text finds its own marker; not more than three times.
  expect(asked.filter((name) => name === 'm3')).toHaveLength(3);
});

test('a lost answer that comes at the second time counts', async () => {
  const { markers } = markersOver({ m1: [LOST, placed], m2: [placed], m3: [placed] });
  expect(await markers.take(claim)).toMatchObject({ kind: 'held', silent: [] });
});

test('a member that can not be reached is named, and no conflict', async () => {
  const { markers, asked } = markersOver({ m1: [placed], m2: [NO_ROUTE], m3: [placed] });
  expect(await markers.take(claim)).toMatchObject({ kind: 'held', silent: ['m2 did not answer.'] });
  expect(asked.filter((name) => name === 'm2')).toHaveLength(1);
});

test('a marker of this installation gives way only when its run is known to have ended', async () => {
  const going = markersOver({ m1: [ours, placed], m2: [placed], m3: [placed] });
  expect((await going.markers.take(claim)).kind).toBe('refused');
  const over = markersOver({ m1: [ours, placed], m2: [placed], m3: [placed] });
  const isOver = async (id: string) => (id === 'r000007' ? requireRunId(id) : null);
  expect((await over.markers.take({ ...claim, isOver })).kind).toBe('held');
});

test('what could not be taken away is named', async () => {
  const gone = said('drop-marker status=done', 0);
  const { markers } = markersOver({ m1: [gone], m2: [LOST], m3: [gone] });
  const [sentence, ...others] = await markers.drop(cluster, members, run);
  expect(sentence).toContain('could not be taken away on m2');
  expect(others).toEqual([]);
});
