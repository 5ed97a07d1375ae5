import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import { chainedHash, GENESIS_HASH } from '../chain.ts';
import { type Check, type Finding, OFFENDER_LIMIT } from '../check.ts';

const logRow = z.strictObject({
  batchNo: z.bigint(),
  messageCount: z.int(),
  payload: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
});
const stateRow = z.strictObject({ batchNo: z.bigint(), logHash: z.instanceof(Buffer) });

/** Batches read at a time: what is held in memory is this many payloads, a few megabytes. */
const CHUNK_BATCHES = 32;
const NEWLINE = 10;

/**
 * Follows the chain of the message log from its first batch, so that no batch can have been changed, dropped or put
 * in without it showing. The chain is followed to its end after an
 * offender, from the hash that is stored, so that one changed batch is named alone.
 */
export const logChain: Check = {
  name: 'log_chain',
  title: 'the message log is whole: batches without gaps, each chained to the one before by SHA-256',
  subject: 'batches',
  async run(db): Promise<Finding> {
    const offenders: string[] = [];
    const offend = (what: string) => {
      if (offenders.length < OFFENDER_LIMIT) offenders.push(what);
    };
    let previousHash: Buffer = GENESIS_HASH;
    let lastBatchNo = 0n;
    let examined = 0n;
    for (let chunk = await readChunk(db, 0n); chunk.length > 0; chunk = await readChunk(db, lastBatchNo)) {
      for (const { batchNo, messageCount, payload, hash } of chunk) {
        if (batchNo !== lastBatchNo + 1n) offend(`batch_no=${batchNo} follows=${lastBatchNo}`);
        if (!chainedHash(previousHash, batchNo, payload).equals(hash)) {
          offend(`batch_no=${batchNo} hash=${hash.toString('hex').slice(0, 16)}… does not follow`);
        }
        const lines = countLines(payload);
        if (lines !== messageCount) {
          offend(`batch_no=${batchNo} message_count=${messageCount} lines=${lines}`);
        }
        previousHash = hash;
        lastBatchNo = batchNo;
        examined += 1n;
      }
    }
    const state = await db.one(sql.type(stateRow)`
      select batch_no as "batchNo", log_hash as "logHash" from exchange_state`);
    if (state.batchNo !== lastBatchNo) {
      offend(`exchange_state.batch_no=${state.batchNo} last_batch=${lastBatchNo}`);
    }
    if (!state.logHash.equals(previousHash)) {
      offend('exchange_state.log_hash is not the hash of the last batch');
    }
    return { examined, offenders };
  },
};

async function readChunk(
  db: CommonQueryMethods,
  afterBatchNo: bigint,
): Promise<readonly z.output<typeof logRow>[]> {
  return db.any(sql.type(logRow)`
    select batch_no as "batchNo", message_count as "messageCount", payload, hash
    from message_log where batch_no > ${afterBatchNo} order by batch_no limit ${CHUNK_BATCHES}`);
}

/** One message a line; the last line may or may not end with a newline. */
function countLines(payload: Buffer): number {
  let lines = 0;
  for (let at = payload.indexOf(NEWLINE); at >= 0; at = payload.indexOf(NEWLINE, at + 1)) lines += 1;
  return payload.length > 0 && payload.at(-1) !== NEWLINE ? lines + 1 : lines;
}
