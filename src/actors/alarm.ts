/** Rings at a time; setting it again replaces the time. It is no reason to keep the process. */
export interface Alarm {
  /** @param atMs milliseconds since the Unix epoch; Infinity for never */
  set(atMs: number): void;
}

/** A time-out can't be longer; then it is set again. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export function createAlarm(now: () => number, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let setAtMs = Number.POSITIVE_INFINITY;

  function arm(): void {
    const delayMs = Math.max(0, setAtMs - now());
    timer = setTimeout(
      () => {
        if (delayMs > LONGEST_TIMEOUT_MS) return arm();
        setAtMs = Number.POSITIVE_INFINITY;
        ring();
      },
      Math.min(delayMs, LONGEST_TIMEOUT_MS),
    );
    timer.unref();
  }

  return {
    set(atMs) {
      if (atMs === setAtMs) return;
      clearTimeout(timer);
      setAtMs = atMs;
      if (atMs !== Number.POSITIVE_INFINITY) arm();
    },
  };
}
