import type { Order } from './orders/order.ts';
import type { OrderRef } from './trade.ts';

/** What must always hold between the ledger, the holds of open orders, and what actors have in memory. */

export interface StoredWallet {
  readonly assetId: number;
  readonly balanceMinor: bigint;
  readonly lockedMinor: bigint;
  /** What the account's open orders hold of the asset. */
  readonly heldMinor: bigint;
}

/** An account as of one commit. */
export interface StoredAccount {
  readonly accountId: number;
  readonly wallets: readonly StoredWallet[];
  /** Its open orders; null where there are too many to look at. */
  readonly orders: readonly Order[] | null;
}

/** Where an invariant monitor reads the ledger. */
export interface InvariantReader {
  /** So many accounts after this number. */
  readAfter(accountId: number, limit: number): Promise<readonly StoredAccount[]>;
  read(accountIds: readonly number[]): Promise<readonly StoredAccount[]>;
  hasEnded(ref: OrderRef): Promise<boolean>;
}

export type InvariantCheck = 'wallet_covers_holds' | 'memory_never_overstates' | 'books_equal_ledger';

/** Something that must hold does not. */
export interface InvariantViolation {
  readonly check: InvariantCheck;
  readonly accountId: number;
  /** null where no market is concerned. */
  readonly marketId: number | null;
  readonly detail: string;
}

/** What is wrong with a wallet by itself; undefined when nothing is. */
export function walletAmiss({
  assetId,
  balanceMinor,
  lockedMinor,
  heldMinor,
}: StoredWallet): string | undefined {
  if (lockedMinor !== heldMinor)
    return `of asset ${assetId} ${lockedMinor} are locked, and open orders hold ${heldMinor}`;
  if (lockedMinor < 0n || balanceMinor < lockedMinor)
    return `of asset ${assetId} there are ${balanceMinor}, of which ${lockedMinor} are locked`;
  return undefined;
}

const COMPARED = [
  'marketId',
  'side',
  'type',
  'timeInForce',
  'postOnly',
  'priceTicks',
  'quantityLots',
  'filledLots',
  'filledQuoteMinor',
  'feeMinor',
  'holdMinor',
  'priority',
  'status',
  'updatedAtMs',
] as const satisfies readonly (keyof Order)[];

/** In what an order in memory is not the stored one; undefined when it is the same. */
export function orderAmiss(stored: Order, inMemory: Order): string | undefined {
  const key = COMPARED.find((name) => stored[name] !== inMemory[name]);
  return key === undefined
    ? undefined
    : `${key} is ${stored[key]} in the ledger and ${inMemory[key]} in memory`;
}
