/** Every card of the store against what stands on its platform: it is there, and shows what the store says now. */
import { renderPayload } from '../../../src/adapters/discord/render.ts';
import { renderMessage } from '../../../src/adapters/slack/render.ts';
import { openStore, type SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { createPresent } from '../../../src/app/present.ts';
import type { Rendered } from '../../../src/ports/chat.ts';
import type { Card } from '../../../src/ports/store.ts';
import { realClock } from '../../support/ssh/system.ts';
import type { Stage } from './stage.ts';

export interface Kept {
  readonly cards: number;
  readonly runs: readonly string[];
  readonly approvals: number;
  readonly wrong: readonly string[];
}

/** Once Lockstep has ended. */
export async function judgeCards(stage: Stage): Promise<Kept> {
  const opened = openStore({ dataDir: stage.dataDir, command: 'bench', clock: realClock });
  if (!opened.ok) throw new Error(opened.error.text);
  const store = opened.value;
  try {
    const { clusters } = stage;
    const tokenKey = (await store.getMeta('token-key')) ?? '';
    const present = createPresent({ store, clock: realClock, clusters, tokenKey });
    const cards = await allCards(store);
    const wrong: string[] = [];
    for (const card of cards) {
      const rendered = await present.render(card.subject);
      const why = rendered === null ? 'shows nothing any more' : differs(stage, card, rendered);
      if (why !== null) wrong.push(`a ${card.subject.kind} card on ${card.address.platform} ${why}`);
    }
    const runs = await store.listRuns({});
    const approvals = runs.flatMap((run) => run.approvals).length;
    return { cards: cards.length, runs: runs.map(({ state }) => state), approvals, wrong };
  } finally {
    await store.close();
  }
}

async function allCards(store: SqliteStore): Promise<readonly Card[]> {
  const [runs, incidents, entries] = await Promise.all([
    store.listRuns({}),
    store.listIncidents({}),
    store.listTimeline({}),
  ]);
  const subjects: readonly Card['subject'][] = [
    ...runs.map(({ id }) => ({ kind: 'run', run: id }) as const),
    ...incidents.map(({ id }) => ({ kind: 'incident', incident: id }) as const),
    ...entries.map(({ sequence }) => ({ kind: 'timeline-entry', sequence }) as const),
  ];
  return (await Promise.all(subjects.map((subject) => store.listCards(subject)))).flat();
}

/** Null when the message shows exactly that. */
function differs({ slack, discord }: Stage, card: Card, rendered: Rendered): string | null {
  const { address, externalId } = card;
  if (externalId === null) return 'was never posted';
  if (card.deliveredRevision < card.revision) return 'is behind the store';
  if (address.platform === 'slack') {
    const { text, blocks } = renderMessage(rendered.message, rendered.data);
    const shown = slack.message({ channel: address.channel, ts: externalId });
    return shown === undefined ? 'is gone' : same([shown.text, shown.blocks], [text, blocks]);
  }
  const { content, embeds } = renderPayload(rendered);
  const shown = discord.world.messages.find(({ id, deleted }) => id === externalId && !deleted);
  return shown === undefined ? 'is gone' : same([shown.content, shown.embeds], [content, embeds]);
}

/** Slack gives a block an id that had none. */
function asSent(key: string, value: unknown): unknown {
  return key === 'block_id' ? undefined : value;
}

function same(shown: unknown, expected: unknown): string | null {
  return JSON.stringify(shown, asSent) === JSON.stringify(expected, asSent)
    ? null
    : 'shows another state than the store has';
}
