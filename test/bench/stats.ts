/** Figures of a benchmark: medians and ratios, never a single time. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('no values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** The smallest value that at least this share of all is not above: `quantile(values, 0.99)` is the p99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new Error('no values');
  return found;
}

export interface Series {
  readonly name: string;
  readonly ms: readonly number[];
}

export function describeSeries(series: Series): string {
  const ms = (value: number): string => `${value.toFixed(0)} ms`.padStart(8);
  return `${series.name.padEnd(44)} median ${ms(median(series.ms))}   min ${ms(Math.min(...series.ms))}   max ${ms(Math.max(...series.ms))}`;
}

/** `A / B = 0.41 (at most 0.50)`, with a mark when it is over; without a limit just the ratio. Of medians of the same run. */
export function describeRatio(
  name: string,
  a: Series,
  b: Series,
  limit: number | null,
): { readonly text: string; readonly met: boolean } {
  const ratio = median(a.ms) / median(b.ms);
  const met = limit === null || ratio <= limit;
  const judged = limit === null ? '' : ` (at most ${limit.toFixed(2)})${met ? '' : '   OVER'}`;
  return { text: `${name.padEnd(44)} ratio ${ratio.toFixed(2)}${judged}`, met };
}
