import { type Address, getAddress, isAddress } from 'viem';
import { accept, type Result, refuse } from '../../domain/rejection.ts';

/** A token that is taken and paid, as the exchange is told of it. */
export interface TokenOptions {
  /** Symbol of the ledger's asset. */
  readonly asset: string;
  /** Address of its ERC-20 contract. What another contract says is not read, whatever it calls itself. */
  readonly contract: string;
  /** Decimals that the contract counts in; compared with what it says itself. */
  readonly decimals: number;
  /** Decimals of the ledger's asset: as many or more. */
  readonly scale: number;
  /** From how much on a deposit address is emptied, in minor units of the asset. Default: 50 whole ones. */
  readonly sweepFromMinor?: bigint;
}

export interface NativeOptions {
  readonly asset: string;
  /** Decimals of the ledger's asset: 18, since no fewer hold every amount and the ledger has no more. */
  readonly scale: number;
  /** From how much on a deposit address is emptied, in minor units. Default: 0.02. */
  readonly sweepFromMinor?: bigint;
}

export const ETHER_DECIMALS = 18;

/** An asset of the ledger, and how the chain counts it. `units` are the chain's smallest ones: wei, or those of the contract. */
export class CarriedAsset {
  readonly symbol: string;
  /** Null: the chain's own. */
  readonly contract: Address | null;
  readonly decimals: number;
  readonly sweepFromUnits: bigint;
  readonly #minorPerUnit: bigint;

  /** @throws when the ledger can't hold every amount of the chain */
  constructor(options: NativeOptions | TokenOptions) {
    const { asset, scale } = options;
    const isToken = 'contract' in options;
    const decimals = isToken ? options.decimals : ETHER_DECIMALS;
    if (isToken && !isAddress(options.contract, { strict: true }))
      throw new Error(`the contract of ${asset} is no Ethereum address with a good checksum`);
    if (!Number.isInteger(decimals) || decimals < 0 || decimals > scale)
      throw new Error(
        `${asset} has ${decimals} decimals on the chain and ${scale} in the ledger: deposits would be lost`,
      );
    this.symbol = asset;
    this.contract = isToken ? getAddress(options.contract) : null;
    this.decimals = decimals;
    this.#minorPerUnit = 10n ** BigInt(scale - decimals);
    const whole = 10n ** BigInt(scale);
    const sweepFromMinor = options.sweepFromMinor ?? (isToken ? 50n * whole : whole / 50n);
    this.sweepFromUnits = sweepFromMinor / this.#minorPerUnit;
  }

  minorOf(units: bigint): bigint {
    return units * this.#minorPerUnit;
  }

  /** @returns `too_many_decimals` for what the chain can't pay to the last digit */
  unitsOf(amountMinor: bigint): Result<bigint> {
    if (amountMinor % this.#minorPerUnit !== 0n)
      return refuse(
        'too_many_decimals',
        `${this.symbol} has at most ${this.decimals} decimals on this network.`,
      );
    return accept(amountMinor / this.#minorPerUnit);
  }
}

/** What the chain carries of the ledger's assets. */
export class CarriedAssets {
  readonly native: CarriedAsset;
  readonly tokens: readonly CarriedAsset[];
  readonly #bySymbol: ReadonlyMap<string, CarriedAsset>;
  readonly #byContract: ReadonlyMap<string, CarriedAsset>;

  /** @throws when two are the same, or the ledger can't hold one */
  constructor(native: NativeOptions, tokens: readonly TokenOptions[]) {
    this.native = new CarriedAsset(native);
    this.tokens = tokens.map((token) => new CarriedAsset(token));
    const all = [this.native, ...this.tokens];
    this.#bySymbol = new Map(all.map((asset) => [asset.symbol, asset]));
    this.#byContract = new Map(this.tokens.map((token) => [token.contract!.toLowerCase(), token]));
    if (this.#bySymbol.size < all.length || this.#byContract.size < tokens.length)
      throw new Error('an asset or a contract is named twice');
  }

  get symbols(): readonly string[] {
    return [...this.#bySymbol.keys()];
  }

  get contracts(): readonly Address[] {
    return this.tokens.map(({ contract }) => contract!);
  }

  bySymbol(symbol: string): CarriedAsset | undefined {
    return this.#bySymbol.get(symbol);
  }

  byContract(contract: string): CarriedAsset | undefined {
    return this.#byContract.get(contract.toLowerCase());
  }
}
