import type { Ledger } from '../../domain/settlement.ts';

const INTERVAL_MS = 1_000;

/**
 * Looks every second whether somebody else has raised the epoch: without traffic no commit would tell.
 *
 * @returns how to stop; resolves once no look is under way.
 */
export function watchFence(
  ledger: Ledger,
  epoch: number,
  onSuperseded: () => void,
): { stop(): Promise<void> } {
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, INTERVAL_MS);
  timer.unref();

  async function look(): Promise<void> {
    try {
      const now = await ledger.position();
      if (now.epoch === epoch) return;
      clearInterval(timer);
      onSuperseded();
    } catch {
      // The database is away: settlement finds out by itself.
    }
  }

  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
