import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How the exchange did in one interval. */
export interface Sample {
  readonly atMs: number;
  /** Messages of actors that were committed, by second. */
  readonly messagesPerSecond: number;
  readonly commitsPerSecond: number;
  /** Of the interval's commits; null: there was none. */
  readonly commitMsP50: number | null;
  readonly commitMsP99: number | null;
  /** Effects that wait for their commit. */
  readonly backlog: number;
  /** By how much the event loop was late at most. */
  readonly lagMs: number;
  readonly sockets: number;
}

export interface FigureSources {
  backlog(): number;
  sockets(): number;
  now(): number;
}

export interface Figures {
  observeBatch(stats: { readonly effects: number; readonly commitMs: number }): void;
  /** From now on a sample is taken at each interval. */
  start(sources: FigureSources): void;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** @returns how to stop listening */
  onSample(listener: (sample: Sample) => void): () => void;
  stop(): void;
}

export const SAMPLE_INTERVAL_MS = 2_000;
/** A quarter of an hour. */
const KEPT_SAMPLES = 450;
const NS_PER_MS = 1e6;

/** What operators look at: the last quarter of an hour, in memory. For longer there are the metrics. */
export function createFigures(): Figures {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  const listeners = new Set<(sample: Sample) => void>();
  let samples: Sample[] = [];
  let messages = 0;
  let commits: number[] = [];
  let timer: NodeJS.Timeout | undefined;

  function take({ backlog, sockets, now }: FigureSources, seconds: number): Sample {
    const sorted = commits.sort((one, other) => one - other);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
    const sample = {
      atMs: now(),
      messagesPerSecond: Math.round(messages / seconds),
      commitsPerSecond: Math.round(sorted.length / seconds),
      commitMsP50: at(0.5),
      commitMsP99: at(0.99),
      backlog: backlog(),
      lagMs: Math.round(delay.max / NS_PER_MS),
      sockets: sockets(),
    };
    messages = 0;
    commits = [];
    delay.reset();
    return sample;
  }

  return {
    observeBatch({ effects, commitMs }) {
      messages += effects;
      commits.push(commitMs);
    },
    start(sources) {
      delay.enable();
      timer = setInterval(() => {
        const sample = take(sources, SAMPLE_INTERVAL_MS / 1_000);
        samples = [...samples.slice(1 - KEPT_SAMPLES), sample];
        for (const listener of listeners) listener(sample);
      }, SAMPLE_INTERVAL_MS);
      timer.unref();
    },
    get samples() {
      return samples;
    },
    onSample(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
