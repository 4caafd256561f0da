import { afterEach, describe, expect, test } from 'vitest';
import { COMMON, type MemberRoot } from '../support/member-root.ts';
import { createStepMembers, lookAt, runStep } from '../support/step-members.ts';

const members = createStepMembers();

afterEach(() => {
  members.dispose();
});

describe('stopping', () => {
  /** The daemon ends when it gets its signal, and the unit with it. */
  const ENDS = `case "$1 $2" in "-s TERM"|"-s KILL") rm -rf "$LOCKSTEP_ROOT/proc/$3"; echo "ActiveState=inactive" >"$LOCKSTEP_ROOT/answers/systemctl.show"; [ "$2" = TERM ] && echo shutdown >"$LOCKSTEP_ROOT/${COMMON}/state" ;; esac\n`;

  test('a serving daemon gets SIGTERM after its activation was stopped', () => {
    const root = members.serving();
    root.answer('kill.sh', ENDS);
    expect(runStep(root, { kind: 'stop-serving', waitS: 5 })).toMatchObject({
      status: 'done',
      values: { pid: '4242', lxcfs: '4100' },
    });
    const acts = root.calls().filter((call) => !/^(curl|systemctl show)/.test(call));
    expect(acts).toEqual([
      'systemctl stop snap.lxd.daemon.unix.socket snap.lxd.user-daemon.unix.socket snap.lxd.user-daemon.service',
      'kill -s TERM 4242',
    ]);
    expect(runStep(root, { kind: 'stop-serving', waitS: 5 })).toMatchObject({ status: 'already' });
    expect(lookAt(root, { kind: 'stop-serving', waitS: 5 })).toBe('done');
  });

  test('a member that was down already counts as stopped only once no client could start it', () => {
    const root = members.stopped();
    const show =
      'case $2 in *.socket) echo "ActiveState=$(cat "$LOCKSTEP_ROOT/sockets")" ;; *) echo ActiveState=inactive ;; esac';
    root.answer('systemctl.show.sh', `${show}; exit 0\n`);
    root.put('sockets', 'active\n');
    expect(lookAt(root, { kind: 'stop-not-ready' })).toBe('not-done');
    expect(lookAt(root, { kind: 'stop-plain', waitS: 5 })).toBe('done');
    root.put('sockets', 'inactive\n');
    expect(lookAt(root, { kind: 'stop-not-ready' })).toBe('done');
    root.put('sockets', '\n');
    root.answer('systemctl.show.sh', 'case $2 in *.socket) exit 1 ;; *) echo ActiveState=inactive; exit 0 ;; esac\n');
    expect(lookAt(root, { kind: 'stop-not-ready' })).toBe('cannot-tell');
  });

  test('one that does not end is waited for, never killed, and the second text waits on', () => {
    const root = members.serving();
    expect(runStep(root, { kind: 'stop-serving', waitS: 1 })).toMatchObject({ status: 'waiting' });
    expect(lookAt(root, { kind: 'stop-serving', waitS: 1 })).toBe('cannot-tell');
    expect(runStep(root, { kind: 'stop-serving', waitS: 1 })).toMatchObject({ status: 'waiting' });
    expect(root.calls().filter((call) => call.startsWith('kill'))).toEqual(['kill -s TERM 4242']);
  });

  test('a daemon that is not ready never gets SIGTERM', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    expect(runStep(root, { kind: 'stop-serving', waitS: 5 })).toMatchObject({
      status: 'refused',
      values: { reason: 'not-ready' },
    });
    expect(root.calls().filter((call) => /^(kill|systemctl stop)/.test(call))).toEqual([]);
  });

  test('it is ended behind the word `crashed`, unit first', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    root.answer('kill.sh', ENDS);
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({
      status: 'done',
      values: { killed: '1', lxcfs: '4100' },
    });
    expect(root.read(`${COMMON}/state`)).toBe('crashed\n');
    expect(
      root
        .calls()
        .filter((call) => /^(kill|systemctl stop)/.test(call))
        .slice(-3),
    ).toEqual(['kill -s STOP 4242', 'systemctl stop snap.lxd.daemon.service', 'kill -s KILL 4242']);
  });

  test('one that ended by itself before it stood still is not stopped for it: its successor is', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    const successor = `if [ "$1 $2 $3" = "-s STOP 4242" ] && [ ! -e "$LOCKSTEP_ROOT/turned" ]; then : >"$LOCKSTEP_ROOT/turned"; echo shutdown >"$LOCKSTEP_ROOT/${COMMON}/state"; fi
[ "$2" = CONT ] && : >"$LOCKSTEP_ROOT/${COMMON}/state"\n`;
    root.answer('kill.sh', `${successor}${ENDS}`);
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({ status: 'done', values: { killed: '1' } });
    expect(
      root
        .calls()
        .filter((call) => /^(kill|systemctl stop snap.lxd.daemon.service)/.test(call))
        .map((call) => call.split(' ').slice(0, 3).join(' ')),
    ).toEqual([
      'kill -s STOP',
      'kill -s CONT',
      'kill -s STOP',
      'systemctl stop snap.lxd.daemon.service',
      'kill -s KILL',
    ]);
  });

  test('a daemon that a cut-off sending left standing with its unit down is ended by the next', () => {
    const root = members.serving();
    root.answer('systemctl.show', 'ActiveState=inactive\n');
    root.answer('curl.ready.code', '000');
    root.answer('kill.sh', ENDS);
    root.put(`${COMMON}/lockstep/standing`, '4242\n');
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({ status: 'done', values: { killed: '1' } });
    expect(root.calls().filter((call) => call.startsWith('kill'))).toEqual(['kill -s KILL 4242']);
    expect(root.has(`${COMMON}/lockstep/standing`)).toBe(false);
  });

  test('one that answers is not ended for its old note', () => {
    const root = members.serving();
    root.answer('systemctl.show', 'ActiveState=inactive\n');
    root.put(`${COMMON}/lockstep/standing`, '4242\n');
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({
      status: 'refused',
      values: { reason: 'orphan-daemon' },
    });
    expect(root.calls().some((call) => call.startsWith('kill'))).toBe(false);
  });

  test.each([
    ['has gone on to signals', 'stop-sigterm', 'done', ['kill -s STOP 4242', 'kill -s KILL 4242']],
    ['does not stop the unit at all', 'running', 'failed', ['kill -s STOP 4242', 'kill -s CONT 4242']],
  ])('where systemd does not come back in time and %s', (_, sub, status, signals) => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    root.answer('systemctl.stop.sh', 'case $2 in snap.lxd.daemon.service) exit 124 ;; esac\n');
    root.answer('systemctl.show.sh', `case "$*" in *SubState) echo SubState=${sub}; exit 0 ;; esac\n`);
    root.answer('kill.sh', ENDS);
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({ status });
    expect(root.calls().filter((call) => call.startsWith('kill'))).toEqual(signals);
  });

  test('where the unit can not be stopped, the daemon goes on', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    root.answer('systemctl.stop.sh', 'case $2 in snap.lxd.daemon.service) exit 1 ;; esac\n');
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({
      status: 'failed',
      values: { reason: 'systemctl-stop' },
    });
    expect(root.calls().filter((call) => call.startsWith('kill'))).toEqual(['kill -s STOP 4242', 'kill -s CONT 4242']);
  });

  test('the word of a sending that was cut off is not waited out', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    root.answer('kill.sh', ENDS);
    root.put(`${COMMON}/state`, 'crashed\n');
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({ status: 'done', values: { killed: '1' } });
  });

  test.each([
    ['serves', (root: MemberRoot) => root.answer('kill.sh', ''), 'serving'],
    [
      'has a stop script without that branch',
      (root: MemberRoot) => root.put('snap/lxd/30131/commands/daemon.stop', 'x\n'),
      'stop-script',
    ],
  ])('it is not ended when it %s', (_, arrange, reason) => {
    const root = members.serving();
    arrange(root);
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({ status: 'refused', values: { reason } });
    expect(root.calls().some((call) => /^(kill|systemctl stop)/.test(call))).toBe(false);
  });

  test('a process that is not the snap’s lxd is never signalled', () => {
    const root = members.serving();
    root.link('proc/4242/exe', '/usr/bin/sleep');
    expect(runStep(root, { kind: 'stop-serving', waitS: 1 })).toMatchObject({
      status: 'refused',
      values: { reason: 'pid' },
    });
    expect(root.calls().some((call) => call.startsWith('kill'))).toBe(false);
  });

  test('LXCFS that died meanwhile is a failure, not a success', () => {
    const root = members.serving();
    root.answer('kill.sh', `${ENDS}rm -rf "$LOCKSTEP_ROOT/proc/4100"\n`);
    expect(runStep(root, { kind: 'stop-serving', waitS: 5 })).toMatchObject({
      status: 'failed',
      values: { reason: 'lxcfs', before: '4100', after: 'none' },
    });
  });

  test('a daemon behind an inactive unit is seen', () => {
    const root = members.serving();
    root.answer('systemctl.show', 'ActiveState=inactive\n');
    expect(runStep(root, { kind: 'stop-not-ready' })).toMatchObject({
      status: 'refused',
      values: { reason: 'orphan-daemon' },
    });
  });
});

describe('starting', () => {
  const START = 'systemctl start --no-block';
  const UNITS = ['snap.lxd.daemon.unix.socket', 'snap.lxd.user-daemon.unix.socket', 'snap.lxd.daemon.service'];

  test('where a unit is not there, each of the others by itself', () => {
    const root = members.stopped();
    root.answer(
      'systemctl.start.sh',
      `case "$*" in
  *user-daemon*) exit 5 ;;
  *snap.lxd.daemon.service) echo "ActiveState=active" >"$LOCKSTEP_ROOT/answers/systemctl.show" ;;
esac
`,
    );
    expect(runStep(root, { kind: 'start' })).toMatchObject({ status: 'done' });
    expect(root.calls().filter((call) => call.startsWith('systemctl start'))).toEqual([
      `${START} ${UNITS.join(' ')}`,
      ...UNITS.map((unit) => `${START} ${unit}`),
    ]);
  });

  test('a unit that systemd gave up is told once more, with its count forgotten', () => {
    const root = members.stopped();
    root.answer('systemctl.show', 'ActiveState=failed\n');
    root.answer('systemctl.reset-failed.sh', ': >"$LOCKSTEP_ROOT/forgotten"\n');
    root.answer(
      'systemctl.start.sh',
      `[ ! -e "$LOCKSTEP_ROOT/forgotten" ] || echo "ActiveState=activating" >"$LOCKSTEP_ROOT/answers/systemctl.show"\n`,
    );
    expect(runStep(root, { kind: 'start' })).toMatchObject({ status: 'done' });
    expect(root.calls().filter((call) => /^systemctl (start|reset)/.test(call))).toEqual([
      `${START} ${UNITS.join(' ')}`,
      'systemctl reset-failed snap.lxd.daemon.service',
      `${START} ${UNITS.join(' ')}`,
    ]);
  });

  test('what systemd refuses is a failure at once', () => {
    const root = members.stopped();
    root.answer('systemctl.start.sh', 'exit 1\n');
    expect(runStep(root, { kind: 'start' })).toMatchObject({
      status: 'failed',
      values: { reason: 'systemctl-start' },
    });
  });

  test('both sockets and the service, without waiting for each other', () => {
    const root = members.stopped();
    root.answer(
      'systemctl.start.sh',
      `case "$*" in *snap.lxd.daemon.service) echo "ActiveState=active" >"$LOCKSTEP_ROOT/answers/systemctl.show" ;; esac\n`,
    );
    expect(lookAt(root, { kind: 'start' })).toBe('not-done');
    expect(runStep(root, { kind: 'start' })).toMatchObject({ status: 'done' });
    expect(root.calls().filter((call) => call.startsWith('systemctl start'))).toEqual([`${START} ${UNITS.join(' ')}`]);
    expect(runStep(root, { kind: 'start' })).toMatchObject({ status: 'done' });
    expect(lookAt(root, { kind: 'start' })).toBe('done');
    expect(runStep(root, { kind: 'await-ready', waitS: 1 })).toMatchObject({ status: 'done' });
  });

  test('a member that does not become ready in time is still waited for', () => {
    const root = members.serving();
    root.answer('curl.ready.code', '503');
    expect(runStep(root, { kind: 'await-ready', waitS: 1 })).toMatchObject({ status: 'waiting' });
    expect(lookAt(root, { kind: 'await-ready', waitS: 1 })).toBe('not-done');
  });
});
