import type { DatabasePool } from 'slonik';
import { type DepositAddress, listDepositAddresses } from '../../db/custody/deposit-addresses.ts';
import { TREASURY_ACCOUNT } from '../../domain/trade.ts';
import type { Chain } from '../chain.ts';

/** Whose an address is; `assetId` null: whatever arrives there. */
export interface AddressOwner {
  readonly accountId: number;
  readonly assetId: number | null;
}

/** The addresses of a network that are ours, kept up to date: what was given out before a look is found by it. */
export class OurAddresses {
  readonly #pool: DatabasePool;
  readonly #chain: Chain;
  readonly #owners = new Map<string, AddressOwner>();
  #lastNo = 0;

  constructor(pool: DatabasePool, chain: Chain) {
    this.#pool = pool;
    this.#chain = chain;
  }

  /** @returns whether some have been given out since */
  async refresh(): Promise<boolean> {
    if (this.#owners.size === 0)
      this.#owners.set(await this.#chain.addressOf(0), { accountId: TREASURY_ACCOUNT, assetId: null });
    const since = await listDepositAddresses(this.#pool, this.#chain.network, this.#lastNo);
    for (const one of since) this.#add(one);
    return since.length > 0;
  }

  owner(address: string): AddressOwner | undefined {
    return this.#owners.get(address);
  }

  /** From 0, the exchange's own. */
  get numbers(): readonly number[] {
    return Array.from({ length: this.#lastNo + 1 }, (_, addressNo) => addressNo);
  }

  #add({ address, addressNo, accountId, assetId }: DepositAddress): void {
    this.#owners.set(address, { accountId, assetId });
    this.#lastNo = addressNo;
  }
}
