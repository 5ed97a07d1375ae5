import type { Result } from '../domain/rejection.ts';

/** Custody as gateways see it: plain data, amounts as decimals in units of the asset. */
export interface Custody {
  networks(): Promise<readonly NetworkView[]>;
  /** How an asset comes and goes. @param network may be left out where there is one only. @returns `asset_not_found`, `network_not_found` */
  way(asset: string, network?: string): Promise<Result<WayView>>;
  /**
   * Sets how an asset comes and goes from now on.
   * @returns `asset_not_found`, `network_not_found`, `invalid_amount`, `too_many_decimals`
   */
  setWay(asset: string, network: string, terms: WayTerms): Promise<Result<WayView>>;
  /** The one way in which the network writes an address. @returns `network_not_found`, `invalid_address` */
  parseAddress(network: string, text: string): Result<string>;
  /** The same each time. @returns also `deposits_disabled` */
  depositAddress(accountId: number, asset: string, network?: string): Promise<Result<DepositAddressView>>;
  /** The number of blocks by which a network's transactions are final and its newest block; undefined: not known at the moment. */
  depth(network: string): { readonly confirmations: number; readonly tipHeight: number } | undefined;
  /** As it was looked at last; undefined before that. */
  reconciliation(): Reconciliation | undefined;
}

export interface NetworkView {
  readonly network: string;
  readonly name: string;
  readonly confirmations: number;
  readonly assets: readonly WayView[];
}

/** What operators decide about an asset on a network. */
export interface WayTerms {
  readonly withdrawalFee: string;
  readonly minWithdrawal: string;
  readonly minDeposit: string;
  readonly deposits: boolean;
  readonly withdrawals: boolean;
}

export interface WayView extends WayTerms {
  readonly asset: string;
  readonly network: string;
}

export interface DepositAddressView {
  readonly asset: string;
  readonly network: string;
  readonly address: string;
  /** What a wallet reads from a QR code. */
  readonly uri: string;
  readonly confirmations: number;
  readonly minDeposit: string;
}

/** Custody against the ledger. */
export interface Reconciliation {
  readonly atMs: number;
  readonly ok: boolean;
  readonly assets: readonly AssetReconciliation[];
}

export interface AssetReconciliation {
  readonly asset: string;
  /** What is under our addresses. */
  readonly custody: string;
  /** What the ledger says is outside, in our keeping. */
  readonly ledger: string;
  /** Arrived and not credited: not deep enough, or below the minimum. */
  readonly uncredited: string;
  /** Taken in by the network, and not deep enough for the ledger to say so. */
  readonly leaving: string;
  /** Credited, and no longer in the chain. */
  readonly lost: string;
  /** Credited without having come over a network; always 0 in production. */
  readonly simulated: string;
  /** custody + leaving + lost + simulated − ledger − uncredited: what nothing explains. */
  readonly difference: string;
  readonly ok: boolean;
}
