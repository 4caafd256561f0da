/** `kill` as a program: reaches the member's own simulated daemon and nothing else, least of all a process of the host. */
import { killDaemon } from '../model/advance.ts';
import { processesOf } from '../processes.ts';
import { done, failed } from './answer.ts';
import type { Call, Reply, ToolContext } from './answer.ts';

export function kill(context: ToolContext, call: Call): Reply {
  const words = [...call.argv];
  let signal = 'TERM';
  if (words[0] === '-s') {
    signal = words[1] ?? '';
    words.splice(0, 2);
  } else if (words[0]?.startsWith('-') === true) signal = (words.shift() ?? '').slice(1);
  const { member, world } = context;
  for (const word of words.filter((one) => one !== '--')) {
    if (!processesOf(member).some((one) => String(one.pid) === word))
      return failed(`kill: (${word}) - No such process`);
    if (!call.root) return failed(`kill: (${word}) - Operation not permitted`);
    if (signal === '0') continue;
    if (String(member.daemon?.pid) !== word) return failed(`kill: (${word}) - refused: only the daemon is simulated`);
    killDaemon(world, member, signal.replace(/^SIG/, ''));
  }
  return done();
}
