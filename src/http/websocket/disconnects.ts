import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Exchange } from '../../actors/ports.ts';

const RETRY_PAUSE_MS = 1_000;
const MAX_ATTEMPTS = 60;

/** Cancels the orders of an account whose socket is gone, as it had asked for; while the database is away it tries again. */
export async function cancelAfterDisconnect(
  exchange: Pick<Exchange, 'cancelAllOrders'>,
  accountId: number,
  log: Logger,
): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const canceled = await exchange.cancelAllOrders({ accountId, cause: 'disconnected' });
    if (canceled.ok) return;
    if (canceled.refusal.code === 'exchange_stopped') break;
    await pause(RETRY_PAUSE_MS, undefined, { ref: false });
  }
  log.warn({ accountId }, 'the orders of a client that is gone could not be canceled');
}
