import { createHash } from 'node:crypto';
import type { FrameMaker, LedgerPosition, SettlementBatch } from '../../src/domain/settlement.ts';

/** A batch that comes after a position, with nothing in it but what is given. */
export function batch(position: LedgerPosition, change: Partial<SettlementBatch> = {}): SettlementBatch {
  const batchNo = position.batchNo + 1;
  const payload = Buffer.from(`{"test":${batchNo}}`);
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(batchNo));
  const hash = createHash('sha256').update(position.logHash).update(number).update(payload).digest();
  return {
    epoch: position.epoch,
    batchNo,
    committedAtMs: 1_700_000_000_000,
    log: { messageCount: 1, payload, hash },
    lastEntryNo: position.entryNo,
    opened: [],
    changed: [],
    closed: [],
    ended: [],
    trades: [],
    postings: [],
    wallets: [],
    deposits: [],
    preventions: [],
    policies: [],
    countdowns: [],
    candles: [],
    volumes: [],
    marketStates: [],
    assets: [],
    markets: [],
    feeTiers: [],
    withdrawals: [],
    withdrawalEvents: [],
    networkCosts: [],
    desk: null,
    ...change,
  };
}

export const NO_FRAMES: FrameMaker = Object.freeze({
  accountIds: [],
  head: () => Buffer.from('{"balances":['),
});

/** Frames for these accounts with nothing but the account and what the ledger adds. */
export function framesFor(...accountIds: number[]): FrameMaker {
  return { accountIds, head: (accountId) => Buffer.from(`{"accountId":${accountId},"balances":[`) };
}
