/**
 * A clock that stands still when the wall clock is set back, also over a restart: what a market does must not seem to
 * come before what it did, or candles and the replayed log would come out different.
 */
export function forwardOnly(clock: { now(): number }, notBeforeMs: number): { now(): number } {
  let lastMs = notBeforeMs;
  return {
    now() {
      lastMs = Math.max(lastMs, clock.now());
      return lastMs;
    },
  };
}
