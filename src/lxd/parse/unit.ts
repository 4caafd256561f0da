/** `systemctl show` of the daemon's unit, in two samples. */
import type { UnitFacts } from '../../domain/observation.ts';
import { ok } from '../../domain/result.ts';
import { clipText, parseCount, splitLines } from './bytes.ts';
import { textOf, unparsable, type Parsed, type Parts } from './part.ts';

function properties(text: string): ReadonlyMap<string, string> {
  const pairs = splitLines(text).map((line): readonly [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line.trim(), ''] : [line.slice(0, at), line.slice(at + 1).trim()];
  });
  return new Map(pairs);
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : clipText(text);
}

/** Null when systemd knows no such unit. */
export function parseUnit(parts: Parts): Parsed<UnitFacts | null> {
  const text = textOf(parts, 'unit');
  if (!text.ok) return text;
  const first = properties(text.value);
  const activeState = first.get('ActiveState');
  if (activeState === undefined || !/^[a-z-]{1,20}$/.test(activeState)) return unparsable('unit', text.value);
  if (first.get('LoadState') === 'not-found') return ok(null);
  const later = textOf(parts, 'unit-later');
  const second = later.ok ? properties(later.value) : new Map<string, string>();
  const pid = parseCount(first.get('MainPID'));
  return ok({
    activeState,
    subState: clipText(first.get('SubState') ?? ''),
    unitFileState: orNull(first.get('UnitFileState')),
    result: orNull(first.get('Result')),
    mainPid: pid === 0 ? null : pid,
    restarts: parseCount(first.get('NRestarts')),
    restartsLater: parseCount(second.get('NRestarts')),
  });
}
