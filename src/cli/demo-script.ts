/** The words and the commands of the guided tour. Written for somebody who has never looked inside LXD. Text alone. */
export interface Chapter {
  readonly title: string;
  readonly words: readonly string[];
  readonly lines: readonly { readonly person: string; readonly line: string }[];
}

const CLUSTER = 'rehearsal';

export const INTRODUCTION: readonly string[] = [
  'This is a REHEARSAL, not production: three simulated LXD members on this machine, behind a real SSH server. Everything else is the real program.',
  'What happened before you came: an upgrade of LXD, from 5.21.2 to 5.21.3, was taken back on all three members. Since then LXD does not start on any of them. Containers and virtual machines still run, but nobody can manage them.',
];

export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'what is wrong?',
    words: ['alice is on call. She asks how the cluster stands.'],
    lines: [{ person: 'alice', line: `status ${CLUSTER}` }],
  },
  {
    title: 'why?',
    words: [
      'LXD counts its features, called API extensions, and the cluster’s database keeps that number for each member. A member that finds a higher number than its own refuses to start. The newer LXD wrote 402; the older one has 387, on every member, so each waits for the others for ever.',
    ],
    lines: [{ person: 'alice', line: `explain ${CLUSTER}` }],
  },
  {
    title: 'what can be done?',
    words: [
      'alice asks for a recovery. Lockstep looks again, picks the safest way and shows it in full: what runs where, to the letter. It changes nothing yet.',
    ],
    lines: [{ person: 'alice', line: `recover ${CLUSTER} --reason "taken back after the upgrade"` }],
  },
  {
    title: 'nobody approves their own plan',
    words: ['alice is in a hurry and tries to approve it herself.'],
    lines: [{ person: 'alice', line: 'approve' }],
  },
  {
    title: 'a second person approves, and it runs',
    words: [
      'bob reads the card and approves. Lockstep checks that nothing has changed since, then goes step by step and writes down each step before and after.',
    ],
    lines: [{ person: 'bob', line: 'approve' }],
  },
  {
    title: 'is it really well again?',
    words: ['A fresh look, not a memory.'],
    lines: [{ person: 'alice', line: `status ${CLUSTER}` }],
  },
  {
    title: 'what will be asked tomorrow',
    words: [
      'Who did what, when, and who allowed it. Each entry carries the hash of the one before, so that none can be changed unnoticed.',
    ],
    lines: [{ person: 'alice', line: `timeline ${CLUSTER}` }],
  },
];
