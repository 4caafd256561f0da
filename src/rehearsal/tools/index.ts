/** Which stand-in answers under which name. */
import type { Call, Reply, Tool, ToolContext } from './answer.ts';
import { failed } from './answer.ts';
import { curl } from './curl.ts';
import { journalctl } from './journalctl.ts';
import { kill } from './kill.ts';
import { lxc } from './lxc.ts';
import { lxd } from './lxd.ts';
import { pgrep } from './pgrep.ts';
import { snap } from './snap.ts';
import { sqlite } from './sqlite.ts';
import { systemctl } from './systemctl.ts';

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ['snap', snap],
  ['systemctl', systemctl],
  ['journalctl', journalctl],
  ['lxd', lxd],
  ['lxc', lxc],
  ['curl', curl],
  ['sqlite3', sqlite],
  ['pgrep', pgrep],
  ['kill', kill],
]);

export function answerCall(context: ToolContext, call: Call): Reply {
  const tool = TOOLS.get(call.tool);
  return tool === undefined ? failed(`${call.tool}: not played by the rehearsal`, 127) : tool(context, call);
}
