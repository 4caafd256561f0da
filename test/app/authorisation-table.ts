/**
 * Who may do what: every command and every button, for every kind of person, under every kind of policy. The only place where the
 * expected outcomes stand. One letter per person, in the order of `PEOPLE`:
 *
 *   y  done                              n  refused: not allowed
 *   p  recorded, another approval needed o  refused: one's own run
 *   h  hidden: for this person there is  c  refused: the console does not count
 *      no such cluster, run or button    w  refused: outside the change window
 *   g  refused: break-glass without words e  refused: the time of the run is over
 */
import type { ClusterOptions } from '../support/cluster.ts';
import { aPerson } from '../support/cluster.ts';
import type { IncidentButton } from '../../src/app/incident-actions.ts';
import type { ActionRecord } from '../../src/ports/store.ts';
import type { ApprovalPolicy, ClusterConfig, Roles } from '../../src/domain/cluster.ts';
import type { PolicyAction } from '../../src/domain/policy.ts';

export const PEOPLE = {
  viewer: aPerson('slack:UVIEW'),
  operator: aPerson('slack:UOPER'),
  approver: aPerson('slack:UAPPR'),
  both: aPerson('slack:UBOTH'),
  /** Operator and approver, who asked for the run. */
  requester: aPerson('slack:UREQ'),
  breakGlass: aPerson('slack:UGLASS'),
  outsider: aPerson('slack:UOUT'),
  /** Operator and approver by a name typed at a console. */
  console: aPerson('console:carl'),
  /** Approver as a member of a Slack user group. */
  slackGroup: aPerson('slack:UGROUP', ['slack:group:S1']),
  /** Operator by a Discord role. */
  discordRole: aPerson('discord:77', ['discord:role:42']),
} as const;

const ROLES: Roles = {
  viewers: ['slack:UVIEW'],
  operators: ['slack:UOPER', 'slack:UBOTH', 'slack:UREQ', 'console:carl', 'discord:role:42'],
  approvers: ['slack:UAPPR', 'slack:UBOTH', 'slack:UREQ', 'console:carl', 'slack:group:S1'],
};

/** The tests' moment is a Monday. */
const CLOSED: ClusterConfig['changeWindow'] = { days: ['sun'], from: '01:00', to: '02:00', timezone: 'UTC' };

export const POLICIES = {
  defaults: { roles: ROLES },
  required: { roles: ROLES, approvals: { required: 2 } },
  allowRequester: { roles: ROLES, approvals: { allowRequester: true } },
  noConsole: { roles: ROLES, approvals: { console: false, breakGlass: ['console:carl'] } },
  /** As the configuration fills in what was left out. */
  rolesOmitted: { roles: { viewers: ['*'], operators: [], approvers: [] } },
  windowClosed: { roles: ROLES, changeWindow: CLOSED },
  breakGlass: { roles: ROLES, approvals: { breakGlass: ['slack:UGLASS', 'slack:UREQ'] } },
  breakGlassAtNight: { roles: ROLES, changeWindow: CLOSED, approvals: { breakGlass: ['slack:UGLASS'] } },
  /** The time of the pending run is over. */
  expired: { roles: ROLES, approvals: { expiresMs: 1 } },
} as const satisfies Readonly<Record<string, ClusterOptions>>;

/** Each setting that decides about people, and the policies that turn it. A new setting has to be put here. */
export const TURNED: Readonly<Record<keyof ApprovalPolicy | keyof Roles | 'changeWindow', readonly PolicyName[]>> = {
  required: ['required'],
  allowRequester: ['allowRequester'],
  expiresMs: ['expired'],
  console: ['noConsole'],
  breakGlass: ['noConsole', 'breakGlass', 'breakGlassAtNight'],
  viewers: ['rolesOmitted'],
  operators: ['rolesOmitted'],
  approvers: ['rolesOmitted'],
  changeWindow: ['windowClosed', 'breakGlassAtNight'],
};

export type PersonName = keyof typeof PEOPLE;
export type PolicyName = keyof typeof POLICIES;

/** In which state the run is, when somebody tries; `none` without a run, `pending-break-glass` with one that takes nothing else. */
export type Stage = 'none' | 'pending' | 'pending-break-glass' | 'running' | 'paused' | 'incident';

interface Row {
  readonly stage: Stage;
  /** What the policy is asked for; null for anyone. */
  readonly asks: PolicyAction | null;
  /** What becomes of it when it is allowed. */
  readonly effect: 'answer' | 'draft' | 'approved' | 'rejected' | 'aborted' | 'abort-asked' | 'resumed' | 'incident';
  readonly defaults: string;
  readonly policies?: Readonly<Partial<Record<PolicyName, string>>>;
}

const EVERYBODY = 'yyyyyyyyyy';
const VIEW = { defaults: 'yyyyyhhyyy', rolesOmitted: EVERYBODY, glass: 'yyyyyyhyyy' };
/** Without a name in the line there is nothing to hide behind: the answer says that there is nothing to see. */
const LOOK = { defaults: 'yyyyynnyyy', rolesOmitted: EVERYBODY, glass: 'yyyyyynyyy' };
const viewing = (from: typeof VIEW): Pick<Row, 'asks' | 'defaults' | 'policies'> => ({
  asks: 'view',
  defaults: from.defaults,
  policies: { rolesOmitted: from.rolesOmitted, breakGlass: from.glass, breakGlassAtNight: from.glass },
});

const NOBODY = 'nnnnnnnnnn';
const OPERATE: Pick<Row, 'asks' | 'defaults' | 'policies'> = {
  asks: 'operate',
  defaults: 'nynyynnyny',
  policies: { rolesOmitted: NOBODY },
};
const OPERATE_HIDDEN: Pick<Row, 'asks' | 'defaults' | 'policies'> = {
  asks: 'operate',
  defaults: 'nynyyhhyny',
  policies: { rolesOmitted: NOBODY, breakGlass: 'nynyynhyny', breakGlassAtNight: 'nynyynhyny' },
};
const APPROVE: Omit<Row, 'effect'> = {
  stage: 'pending',
  asks: 'approve',
  defaults: 'nnyyohhyyn',
  policies: {
    required: 'nnppohhppn',
    allowRequester: 'nnyyyhhyyn',
    noConsole: 'nnyyohhcyn',
    rolesOmitted: 'nnnnonnnnn',
    windowClosed: 'nnwwohhwwn',
    breakGlass: 'nnyyonhyyn',
    breakGlassAtNight: 'nnwwonhwwn',
    expired: 'hhhhhhhhhh',
  },
};
/** Where the run is named, its end is told. */
const EXPIRED = 'eeeeehheee';
const BREAK_GLASS: Omit<Row, 'effect'> = {
  stage: 'pending',
  asks: 'break-glass',
  defaults: 'nnnnnhhnnn',
  policies: {
    noConsole: 'nnnnnhhcnn',
    rolesOmitted: NOBODY,
    breakGlass: 'nnnnyyhnnn',
    breakGlassAtNight: 'nnnnnyhnnn',
    expired: 'hhhhhhhhhh',
  },
};
/** A plan that takes break-glass only: whoever is named for it, and nobody by a role. */
const GIVEN_UP: Row = {
  ...BREAK_GLASS,
  stage: 'pending-break-glass',
  effect: 'approved',
  policies: { ...BREAK_GLASS.policies, expired: EXPIRED },
};
const GIVEN_UP_WITHOUT_WORDS: Row = {
  ...GIVEN_UP,
  policies: { ...GIVEN_UP.policies, breakGlass: 'nnnngghnnn', breakGlassAtNight: 'nnnnnghnnn' },
};
const REJECT: Omit<Row, 'effect'> = {
  stage: 'pending',
  asks: 'approve',
  defaults: 'nnyyyhhyyn',
  policies: {
    noConsole: 'nnyyyhhcyn',
    rolesOmitted: 'nnnnynnnnn',
    breakGlass: 'nnyyynhyyn',
    breakGlassAtNight: 'nnyyynhyyn',
    expired: 'hhhhhhhhhh',
  },
};

/** Who could approve it may reject it. */
const GIVEN_UP_REJECTED: Row = {
  ...REJECT,
  stage: 'pending-break-glass',
  effect: 'rejected',
  policies: { ...REJECT.policies, breakGlass: 'nnyyyyhyyn', breakGlassAtNight: 'nnyyyyhyyn', expired: EXPIRED },
};

/** By what is typed. The first word is the command. */
export const LINES: Readonly<Record<string, Row>> = {
  help: { stage: 'none', asks: null, effect: 'answer', defaults: EVERYBODY },
  status: { stage: 'none', effect: 'answer', ...viewing(LOOK) },
  'status prod': { stage: 'none', effect: 'answer', ...viewing(VIEW) },
  explain: { stage: 'none', effect: 'answer', ...viewing(LOOK) },
  'explain prod': { stage: 'none', effect: 'answer', ...viewing(VIEW) },
  'check prod --to 5.21.2': { stage: 'none', effect: 'answer', ...viewing(VIEW) },
  doctor: { stage: 'none', effect: 'answer', ...viewing(LOOK) },
  runs: { stage: 'pending', effect: 'answer', ...viewing(LOOK) },
  'runs RUN': { stage: 'running', effect: 'answer', ...viewing(LOOK) },
  'runs RUN --text': { stage: 'paused', effect: 'answer', ...viewing(LOOK) },
  'incident list': { stage: 'incident', effect: 'answer', ...viewing(LOOK) },
  'incident list prod': { stage: 'incident', effect: 'answer', ...viewing(LOOK) },
  'incident open prod "no answer"': { stage: 'none', effect: 'incident', ...OPERATE },
  'incident ack': { stage: 'incident', effect: 'incident', ...OPERATE },
  'incident mitigate': { stage: 'incident', effect: 'incident', ...OPERATE },
  'incident resolve INCIDENT': { stage: 'incident', effect: 'incident', ...OPERATE },
  'incident lead carl': { stage: 'incident', effect: 'incident', ...OPERATE },
  'incident note INCIDENT "the rack was moved"': { stage: 'incident', effect: 'incident', ...OPERATE },
  'watch list': { stage: 'none', effect: 'answer', ...viewing(LOOK) },
  'watch on': { stage: 'none', effect: 'answer', ...OPERATE },
  'watch on prod': { stage: 'none', effect: 'answer', ...OPERATE },
  'watch off prod': { stage: 'none', effect: 'answer', ...OPERATE },
  'watch mute prod 2h': { stage: 'none', effect: 'answer', ...OPERATE },
  timeline: { stage: 'running', effect: 'answer', ...viewing(LOOK) },
  'timeline RUN': { stage: 'running', effect: 'answer', ...viewing(LOOK) },
  'timeline INCIDENT --format html': { stage: 'incident', effect: 'answer', ...viewing(LOOK) },
  'timeline prod --format csv': { stage: 'running', effect: 'answer', ...viewing(LOOK) },
  'wait RUN': { stage: 'running', effect: 'answer', ...OPERATE },
  'recover prod': { stage: 'none', effect: 'draft', ...OPERATE_HIDDEN },
  'recover prod --dry-run': { stage: 'none', effect: 'answer', ...OPERATE_HIDDEN },
  approve: { effect: 'approved', ...APPROVE },
  'approve RUN': { effect: 'approved', ...APPROVE, policies: { ...APPROVE.policies, expired: EXPIRED } },
  'approve --break-glass "it burns"': { effect: 'approved', ...BREAK_GLASS },
  'approve r0': GIVEN_UP_WITHOUT_WORDS,
  'approve r0 --break-glass "it burns"': GIVEN_UP,
  reject: { effect: 'rejected', ...REJECT },
  'reject r0': GIVEN_UP_REJECTED,
  abort: {
    stage: 'pending',
    effect: 'aborted',
    ...OPERATE,
    policies: { ...OPERATE.policies, expired: 'hhhhhnnhhh' },
  },
  'abort RUN': { stage: 'running', effect: 'abort-asked', ...OPERATE },
  'abort r0': { stage: 'paused', effect: 'aborted', ...OPERATE },
  'resume retry': { stage: 'paused', effect: 'resumed', ...OPERATE },
  'resume done': { stage: 'paused', effect: 'resumed', ...OPERATE },
};

/** By what a button means. */
export const BUTTONS: Readonly<Record<ActionRecord['kind'], Row>> = {
  approve: { effect: 'approved', ...APPROVE, policies: { ...APPROVE.policies, expired: EXPIRED } },
  reject: { effect: 'rejected', ...REJECT, policies: { ...REJECT.policies, expired: EXPIRED } },
  abort: { stage: 'running', effect: 'abort-asked', ...OPERATE_HIDDEN },
  'resume-retry': { stage: 'paused', effect: 'resumed', ...OPERATE_HIDDEN },
  'resume-done': { stage: 'paused', effect: 'resumed', ...OPERATE_HIDDEN },
};

/** Buttons of a plan that takes break-glass only, by what is written where they ask for words. */
export const GIVEN_UP_BUTTONS: readonly (readonly [button: ActionRecord['kind'], words: string | null, row: Row])[] = [
  ['approve', 'it burns', GIVEN_UP],
  ['approve', null, GIVEN_UP_WITHOUT_WORDS],
  ['reject', null, GIVEN_UP_REJECTED],
];

/** By what a button on an incident's card means. */
export const INCIDENT_ROWS: Readonly<Record<IncidentButton, Row>> = {
  acknowledge: { stage: 'incident', effect: 'incident', ...OPERATE_HIDDEN },
  mitigate: { stage: 'incident', effect: 'incident', ...OPERATE_HIDDEN },
  resolve: { stage: 'incident', effect: 'incident', ...OPERATE_HIDDEN },
  recover: { stage: 'incident', effect: 'draft', ...OPERATE_HIDDEN },
};

export function expectedOf(row: Row, policy: PolicyName): string {
  return row.policies?.[policy] ?? row.defaults;
}

export type { Row };
