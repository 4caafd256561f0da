/** `snap list lxd` and `snap changes lxd`, as snapd 2.3x to 2.7x print them. */
import type { SnapChange, SnapFacts } from '../../domain/observation.ts';
import { err, ok } from '../../domain/result.ts';
import { clipText, splitLines } from './bytes.ts';
import { textOf, unparsable, type Parsed, type Parts } from './part.ts';

const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,63}$/;
const REVISION = /^x?\d{1,9}$/;
const NONE = /no matching snaps installed|no snaps are installed/i;

export function isVersion(word: string): boolean {
  return VERSION.test(word);
}

export function isRevision(word: string): boolean {
  return REVISION.test(word);
}

/** The row for lxd; null when the snap is not installed. The publisher's mark may be `✓`, `**` or bytes that are not UTF-8. */
export function parseSnapList(parts: Parts): Parsed<SnapFacts | null> {
  const text = textOf(parts, 'snap');
  if (!text.ok) return NONE.test(text.error.text) ? ok(null) : text;
  const row = splitLines(text.value)
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words[0] === 'lxd' && words.length >= 4);
  const [, version = '', revision = '', tracking = '-'] = row ?? [];
  if (row === undefined || !isVersion(version) || !isRevision(revision)) return unparsable('snap', text.value);
  const notes = (row.length >= 6 ? (row.at(-1) ?? '') : '').split(',');
  return ok({
    version,
    revision,
    tracking: tracking === '-' ? null : clipText(tracking),
    held: notes.includes('held'),
    inCohort: notes.includes('in-cohort'),
    disabled: notes.includes('disabled'),
    broken: notes.includes('broken'),
  });
}

/** Columns stand two spaces apart, since times may be words (`today at 10:14 UTC`); narrower tables are split at each space. */
function changeOf(line: string): SnapChange | null {
  const wide = line.trim().split(/\s{2,}/);
  const columns =
    wide.length >= 5 ? wide : (/^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line.trim())?.slice(1) ?? []);
  const [id = '', status = '', spawn = '', , ...summary] = columns;
  if (!/^\d{1,9}$/.test(id) || !/^[A-Z][A-Za-z]{0,19}$/.test(status)) return null;
  return {
    id,
    status,
    summary: clipText(summary.join('  ')),
    spawn: spawn === '' || spawn === '-' ? null : clipText(spawn),
  };
}

export function parseSnapChanges(parts: Parts): Parsed<readonly SnapChange[]> {
  const text = textOf(parts, 'changes');
  if (!text.ok) return /no changes (?:found|of)|no matching snaps/i.test(text.error.text) ? ok([]) : err(text.error);
  const rows = splitLines(text.value).filter((line) => !/^ID\s+Status\b/.test(line.trim()));
  const changes = rows.map(changeOf).filter((change) => change !== null);
  if (changes.length === 0 && rows.length > 0 && !/no changes/i.test(text.value))
    return unparsable('changes', text.value);
  return ok(changes);
}
