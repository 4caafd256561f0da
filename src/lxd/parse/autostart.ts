/**
 * Which instances LXD will start by itself, from the live database or the copy on disk. The statement always gives one row of empty
 * cells, so that none to start and nothing read are told apart.
 */
import type { AutostartFacts } from '../../domain/observation.ts';
import { MOST_AUTOSTART } from '../script/autostart.ts';
import { clipText, decodeText } from './bytes.ts';
import type { Parts } from './part.ts';
import { parseCsv, parseSqlBoxes, parseSqlJson, type Table } from './tables.ts';

const COLUMNS = 'member,project,name';

function tableOf(parts: Parts): Table | null {
  const json = parts.get('autostart');
  if (json !== undefined) return parseSqlJson(decodeText(json.bytes))?.[0] ?? null;
  const boxes = parts.get('autostart-text');
  if (boxes !== undefined) return boxes.code === 0 ? (parseSqlBoxes(decodeText(boxes.bytes))?.[0] ?? null) : null;
  const disk = parts.get('disk-autostart');
  return disk === undefined ? null : parseCsv(decodeText(disk.bytes));
}

export function parseAutostart(parts: Parts): AutostartFacts | null {
  const table = tableOf(parts);
  if (table === null || table.columns.join() !== COLUMNS || table.rows.length === 0) return null;
  const rows = table.rows
    .map(([member, project, name]) => ({ member: word(member), project: word(project), name: word(name) }))
    .filter(({ name }) => name !== '');
  return { rows: rows.slice(0, MOST_AUTOSTART), more: rows.length > MOST_AUTOSTART };
}

function word(cell: string | number | null | undefined): string {
  return cell === null || cell === undefined ? '' : clipText(String(cell));
}
