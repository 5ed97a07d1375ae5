import type { Result } from '../domain/rejection.ts';

/**
 * A network on which assets are kept and paid: a block chain, or the simulated one. Amounts are minor units of the ledger's
 * asset (an adapter converts where its chain has other decimals, and refuses what would lose a digit). Every method that asks
 * the network throws `ChainUnavailable` while it can't be reached; whoever asked tries again.
 */
export interface Chain {
  /** Stable name, part of what approvers sign: `bitcoin`, `ethereum`, `simulated`. */
  readonly network: string;
  readonly name: string;
  /** Symbols of the ledger's assets that it carries. */
  readonly assets: readonly string[];
  /** The asset in which it takes its fees. */
  readonly feeAsset: string;
  /** How many blocks deep (the block itself included) a transaction is final for the exchange. */
  readonly confirmations: number;

  // ── addresses ──
  /** The address of a number, from 0; 0 is the exchange's own (hot wallet, change). The same number always gives the same one. */
  addressOf(index: number): Promise<string>;
  /** The one way in which an address is written; `invalid_address` for what isn't one of this network. */
  parseAddress(text: string): Result<string>;
  /** What a wallet reads from a QR code (BIP-21, EIP-681). */
  paymentUri(asset: string, address: string): string;

  // ── deposits ──
  tipHeight(): Promise<number>;
  /**
   * What a block pays to addresses of ours; undefined: there is none so high. Its parent's hash tells the reader whether the chain
   * was reorganised.
   */
  blockAt(height: number, isOurs: (address: string) => boolean): Promise<ChainBlock | undefined>;
  /** All that is under the addresses of these numbers as of the tip, by asset; what is not confirmed yet left out. */
  balances(indices: readonly number[]): Promise<ReadonlyMap<string, bigint>>;

  // ── payments ──
  /** What a payment would cost now, in minor units of `feeAsset`. */
  quoteFee(order: PaymentOrder): Promise<bigint>;
  /**
   * Decides how to pay: the nonce or inputs, the network fee. Signs nothing and sends nothing.
   * @param taken slots of payments that are planned or sent and not settled yet: they are not to be used
   * @param replaces a plan to be replaced by one with the same slots and a higher fee
   * @returns `custody_short` when too little is there
   */
  plan(order: PaymentOrder, taken: ReadonlySet<string>, replaces?: PaymentPlan): Promise<Result<PaymentPlan>>;
  /** What a plan pays to whom, read from the very bytes that are to be signed; change to ourselves left out. */
  outputsOf(plan: PaymentPlan): readonly PaymentOutput[];
  /** Deterministic: the same plan always gives the same transaction. */
  sign(plan: PaymentPlan): Promise<SignedPayment>;
  /**
   * Gives a signed transaction to the network. To send what the network knows already is no error.
   * @throws {PaymentRefused} when the network says that it will never take it
   */
  broadcast(signed: SignedPayment): Promise<void>;
  statusOf(txId: string): Promise<PaymentStatus>;
  /**
   * Payments among our own addresses that bring deposits to where they can be paid from, planned like any other; none where
   * that is not needed. At most a few at a time.
   */
  consolidate(indices: readonly number[], taken: ReadonlySet<string>): Promise<readonly PaymentPlan[]>;
  close(): Promise<void>;
}

export interface ChainBlock {
  readonly height: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly transfers: readonly ChainTransfer[];
}

/** Something that arrived at an address of ours. */
export interface ChainTransfer {
  readonly txId: string;
  /** Which of the transaction's transfers: number of the output, of the log entry, or -1 for the transaction's own value. */
  readonly outputIndex: number;
  readonly asset: string;
  readonly address: string;
  readonly amountMinor: bigint;
}

export interface PaymentOrder {
  readonly asset: string;
  readonly address: string;
  readonly amountMinor: bigint;
}

export interface PaymentOutput extends PaymentOrder {}

export interface PaymentPlan {
  readonly network: string;
  /**
   * What the chain lets be used only once: `nonce:0xab…:17`, `input:<txid>:0`. Two payments of which one should be made never
   * share any, and two of which only one may be made always do.
   */
  readonly slots: readonly string[];
  /** The transaction to be signed, in the adapter's own form. */
  readonly unsigned: string;
  /** At most what the network takes for it, in minor units of `feeAsset`. */
  readonly networkFeeMinor: bigint;
}

export interface SignedPayment {
  readonly txId: string;
  /** As it is sent, hexadecimal. */
  readonly raw: string;
}

export type PaymentStatus =
  /** The network doesn't know it: never sent, or dropped. */
  | { readonly type: 'unknown' }
  /** In the memory pool. */
  | { readonly type: 'pending' }
  | {
      readonly type: 'mined';
      readonly height: number;
      /** 1 in the newest block. */
      readonly confirmations: number;
      /** False: it was taken in and did nothing but cost (a contract that reverted). */
      readonly succeeded: boolean;
      /** What it cost, in minor units of `feeAsset`. */
      readonly networkFeeMinor: bigint;
    };

/** The network can't be asked at the moment. */
export class ChainUnavailable extends Error {
  override readonly name = 'ChainUnavailable';
}

/** The network will never take the transaction: its nonce or inputs are used up, or it is malformed. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';
}
