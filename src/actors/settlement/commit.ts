import type {
  FrameMaker,
  Ledger,
  LedgerPosition,
  SettlementBatch,
  StoredFrame,
} from '../../domain/settlement.ts';

export type CommitResult =
  | { readonly type: 'committed'; readonly frames: readonly StoredFrame[] }
  | { readonly type: 'fenced' }
  | { readonly type: 'failed'; readonly error: unknown };

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Commits a batch, however often it takes. After an attempt whose outcome isn't known the fence tells: if it has
 * advanced to this batch the attempt was committed, otherwise the identical batch is sent again. An attempt that is
 * still under way in the database can't do harm: both need the fence row, and only one can advance it.
 */
export async function commitBatch(
  ledger: Ledger,
  batch: SettlementBatch,
  frame: FrameMaker,
  onAvailability: (available: boolean) => void,
): Promise<CommitResult> {
  let pauseMs = FIRST_PAUSE_MS;
  let failed = false;
  for (;;) {
    try {
      const outcome = await ledger.settle(batch, frame);
      const result =
        outcome.type === 'committed'
          ? outcome
          : await afterFence(ledger, batch, frame, await ledger.position());
      if (failed) onAvailability(true);
      return result;
    } catch (error) {
      if (ledger.failureOf(error) === 'violation') return { type: 'failed', error };
      if (!failed) onAvailability(false);
      failed = true;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    try {
      const position = await ledger.position();
      if (position.batchNo !== batch.batchNo - 1 || position.epoch !== batch.epoch) {
        const result = await afterFence(ledger, batch, frame, position);
        onAvailability(true);
        return result;
      }
    } catch (error) {
      if (ledger.failureOf(error) === 'violation') return { type: 'failed', error };
    }
  }
}

/** The fence is not where the batch expects it: either the batch is committed already, or somebody else writes. */
async function afterFence(
  ledger: Ledger,
  batch: SettlementBatch,
  frame: FrameMaker,
  position: LedgerPosition,
): Promise<CommitResult> {
  const ours = position.batchNo === batch.batchNo && Buffer.compare(position.logHash, batch.log.hash) === 0;
  // Committed under our epoch, even if somebody took over since: the next batch will learn of that.
  if (ours) return { type: 'committed', frames: await ledger.framesOf(batch.batchNo, frame.accountIds) };
  return { type: 'fenced' };
}
