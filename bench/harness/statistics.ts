/** The middle of some values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that a part of all values, such as 0.99, does not exceed (nearest rank). */
export function percentile(values: ArrayLike<number>, part: number): number {
  if (values.length === 0) throw new RangeError('there is no percentile of nothing');
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

/** `{ p50, p99, … }` of the values, sorted once. */
export function percentiles(
  values: ArrayLike<number>,
  parts: readonly number[] = [0.5, 0.99],
): Record<string, number> {
  const sorted = Float64Array.from(values).sort();
  return Object.fromEntries(parts.map((part) => [`p${part * 100}`, percentile(sorted, part)]));
}
