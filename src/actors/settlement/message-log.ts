import { createHash } from 'node:crypto';
import type { AccountPolicy } from '../../domain/accounts/admission.ts';
import type { Asset } from '../../domain/asset.ts';
import type { FeeTierSpec, MarketSpec } from '../../domain/markets/market.ts';
import type { LogRecord } from '../../domain/settlement.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import { type LoggedWithdrawal, toLogged } from '../../domain/withdrawals/logged-withdrawal.ts';
import type { WithdrawalEvent } from '../../domain/withdrawals/withdrawal.ts';
import type { Effect } from '../effects.ts';
import type { MarketCommand } from '../market-messages.ts';

/** Logs from before accounts could be frozen have no `frozen`: it is there only when it is true. */
type LoggedPolicy = { readonly accountId: number } & Omit<AccountPolicy, 'frozen'> & {
    readonly frozen?: true;
  };

/** A message that changed something, as the log keeps it: who got it, when, and what it said. */
export type LoggedMessage =
  | {
      readonly marketId: number;
      readonly seq: number;
      readonly atMs: number;
      readonly command: MarketCommand;
    }
  | {
      readonly deposit: {
        readonly accountId: number;
        readonly assetId: number;
        /** Decimal integer. */
        readonly amountMinor: string;
        readonly reference: string;
      };
      readonly atMs: number;
    }
  | { readonly policy: LoggedPolicy; readonly atMs: number }
  | {
      readonly countdown: { readonly accountId: number; readonly expiresAtMs: number | null };
      readonly atMs: number;
    }
  /** As it was asked for and admitted. */
  | { readonly withdrawal: LoggedWithdrawal; readonly atMs: number }
  | { readonly withdrawalNo: number; readonly event: WithdrawalEvent; readonly atMs: number }
  | { readonly desk: DeskState; readonly atMs: number }
  | {
      readonly networkCost: {
        readonly assetId: number;
        /** Decimal integer. */
        readonly amountMinor: string;
        readonly reference: string;
      };
      readonly atMs: number;
    }
  | { readonly asset: Asset; readonly atMs: number }
  | { readonly market: { readonly id: number; readonly spec: MarketSpec }; readonly atMs: number }
  | {
      readonly fees: { readonly marketId: number; readonly tiers: readonly FeeTierSpec[] };
      readonly atMs: number;
    };

/** What the log keeps of an effect; undefined when the effect changed nothing. */
export function loggedMessage(effect: Effect): LoggedMessage | undefined {
  switch (effect.type) {
    case 'marketEffect':
      return { marketId: effect.marketId, seq: effect.seq, atMs: effect.atMs, command: effect.command };
    case 'depositEffect': {
      const { accountId, assetId, amountMinor, reference, atMs } = effect;
      return { deposit: { accountId, assetId, amountMinor: amountMinor.toString(), reference }, atMs };
    }
    case 'policyEffect': {
      const { accountId, atMs, policy } = effect;
      const { tradeGroup, selfTrade, frozen } = policy;
      return { policy: { accountId, tradeGroup, selfTrade, ...(frozen ? { frozen } : {}) }, atMs };
    }
    case 'countdownEffect': {
      const { accountId, expiresAtMs, atMs } = effect;
      return { countdown: { accountId, expiresAtMs }, atMs };
    }
    case 'withdrawalEffect': {
      const { withdrawal, event, atMs } = effect;
      if (event === null) return { withdrawal: toLogged(withdrawal), atMs };
      return { withdrawalNo: withdrawal.withdrawalNo, event, atMs };
    }
    case 'deskEffect':
      return { desk: effect.state, atMs: effect.atMs };
    case 'networkCostEffect': {
      const { assetId, amountMinor, reference, atMs } = effect;
      return { networkCost: { assetId, amountMinor: amountMinor.toString(), reference }, atMs };
    }
    case 'assetEffect':
      return { asset: effect.asset, atMs: effect.atMs };
    case 'marketCreatedEffect':
      return { market: { id: effect.market.id, spec: effect.spec }, atMs: effect.atMs };
    case 'feesEffect':
      return { fees: { marketId: effect.marketId, tiers: effect.spec }, atMs: effect.atMs };
    case 'answerEffect':
      return undefined;
  }
}

/** Seals the messages of a batch: JSON, one a line, chained to the batch before. */
export function sealLog(
  messages: readonly LoggedMessage[],
  previousHash: Uint8Array,
  batchNo: number,
): LogRecord {
  const payload = Buffer.from(messages.map((message) => JSON.stringify(message)).join('\n'));
  return { messageCount: messages.length, payload, hash: chainHash(previousHash, batchNo, payload) };
}

/** SHA-256(hash of the batch before ‖ batch number as 8 bytes, big-endian ‖ payload). */
export function chainHash(previousHash: Uint8Array, batchNo: number, payload: Uint8Array): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(batchNo));
  return createHash('sha256').update(previousHash).update(number).update(payload).digest();
}

/** Reads a sealed payload back. */
export function parseLog(payload: Uint8Array): LoggedMessage[] {
  return Buffer.from(payload)
    .toString()
    .split('\n')
    .map((line) => JSON.parse(line) as LoggedMessage);
}
