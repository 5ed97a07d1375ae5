import type { Ledger } from '../../domain/settlement.ts';

const INTERVAL_MS = 1_000;

export interface FenceWatch {
  /** Whether somebody else has raised the epoch. Throws where the ledger can't be read. */
  isSuperseded(): Promise<boolean>;
  /** Resolves once no look is under way. */
  stop(): Promise<void>;
}

/**
 * Looks every second whether somebody else has raised the epoch: without traffic no commit would tell.
 */
export function watchFence(ledger: Ledger, epoch: number, onSuperseded: () => void): FenceWatch {
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, INTERVAL_MS);
  timer.unref();

  const isSuperseded = async () => (await ledger.position()).epoch !== epoch;

  async function look(): Promise<void> {
    try {
      if (!(await isSuperseded())) return;
      clearInterval(timer);
      onSuperseded();
    } catch {
      // The database is away: settlement finds out by itself.
    }
  }

  return {
    isSuperseded,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
