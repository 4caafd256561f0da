/**
 * `snap refresh --list`, as canonical/snapd prints it (cmd/snapd/cli/cmd_snap_op.go, `listRefresh`, read on master of August 2026):
 * a table `Name Version Rev Size Publisher Notes` of all snaps with another revision in their channel, or on standard error
 * "All snaps up to date." with exit code 0. Anybody on the member may ask (daemon/api_find.go: `openAccess`). Held snaps are listed
 * too: holds are filtered where a refresh is made (overlord/snapstate/target.go, `filterHeldSnaps`), not in `RefreshCandidates`.
 */
import type { Offer } from '../../domain/offer.ts';
import { ok } from '../../domain/result.ts';
import { splitLines } from './bytes.ts';
import { textOf, unparsable, type Parsed, type Parts } from './part.ts';
import { isRevision, isVersion } from './snap.ts';

const HEADER = /^Name\s+Version\s+Rev\s/;
const NONE = /^All snaps up to date\.?$/;

/** Anything but the table or the sentence is no answer: a store that can't be reached is not a channel without news. */
export function parseOffer(parts: Parts): Parsed<Offer> {
  const text = textOf(parts, 'offer');
  if (!text.ok) return text;
  const lines = splitLines(text.value).map((line) => line.trim());
  const header = lines.findIndex((line) => HEADER.test(line));
  if (header < 0)
    return lines.some((line) => NONE.test(line)) ? ok({ kind: 'up-to-date' }) : unparsable('offer', text.value);
  const row = lines
    .slice(header + 1)
    .map((line) => line.split(/\s+/))
    .find(([name]) => name === 'lxd');
  if (row === undefined) return ok({ kind: 'up-to-date' });
  const [, version = '', revision = ''] = row;
  if (!isVersion(version) || !isRevision(revision)) return unparsable('offer', text.value);
  return ok({ kind: 'offered', version, revision });
}
