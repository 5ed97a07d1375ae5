import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabasePool } from 'slonik';
import { listUntoldEvents, markTold } from '../../db/withdrawal-mails.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { formatDecimal } from '../../domain/money.ts';
import type { MailQueue } from './queue.ts';

/** What happened longer ago is not worth a mail: the exchange was not running. */
const WORTH_TELLING_MS = 4 * 24 * 60 * 60 * 1000;
const AT_ONCE = 100;

export interface WithdrawalMailer {
  /** Queues the mails that are due now; answers how many. */
  queueDue(): Promise<number>;
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

/**
 * Tells people by mail what happens to their withdrawals, whoever caused it: reads it from the events that settlement committed,
 * so that a crash loses none, and notes with each mail that it was queued, so that none is told twice.
 */
export function startWithdrawalMailer(options: {
  readonly pool: DatabasePool;
  readonly mails: Pick<MailQueue, 'withdrawal'>;
  readonly catalog: () => Catalog;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: () => number;
  /** How often to look; undefined: only when `queueDue` is called. */
  readonly intervalMs: number | undefined;
}): WithdrawalMailer {
  const { pool, mails, catalog, log, now, intervalMs } = options;
  const stopping = new AbortController();

  async function queueDue(): Promise<number> {
    let queued = 0;
    for (;;) {
      const events = await listUntoldEvents(pool, now() - WORTH_TELLING_MS, AT_ONCE);
      for (const told of events) {
        const asset = catalog().assetById(told.assetId);
        const amount =
          asset === undefined ? '' : `${formatDecimal(told.amountMinor, asset.scale)} ${asset.symbol}`;
        const { event, atMs, network, address } = told;
        const isMine = await pool.transaction(async (db) => {
          if (!(await markTold(db, told))) return false;
          await mails.withdrawal(db, told, { event, atMs, amount, network, address });
          return true;
        });
        if (isMine) queued += 1;
      }
      if (events.length < AT_ONCE || stopping.signal.aborted) return queued;
    }
  }

  async function run(everyMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pause(everyMs, undefined, { signal: stopping.signal, ref: false });
        await queueDue();
      } catch (error) {
        if (!stopping.signal.aborted)
          log.warn({ err: error }, 'mails about withdrawals could not be queued; trying again');
      }
    }
  }

  const running = intervalMs === undefined ? undefined : run(intervalMs);
  return {
    queueDue,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
