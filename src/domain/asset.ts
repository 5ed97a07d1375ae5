import { accept, type Result, refuse } from './rejection.ts';

/** Something that can be owned and traded. Amounts are whole units of 10^-scale. */
export interface Asset {
  readonly id: number;
  /** For example `BTC`. */
  readonly symbol: string;
  readonly name: string;
  /** Decimals of the minor unit, 0 to 18. */
  readonly scale: number;
}

const SYMBOL = /^[A-Z0-9]{1,16}$/;
// A control character is never meant, and the database refuses some of them.
const NAME = /^\P{C}{1,64}$/u;

/** Checks what an operator asks for; `invalid_asset` says what is wrong. */
export function checkAsset(asset: Omit<Asset, 'id'>): Result<Omit<Asset, 'id'>> {
  if (!SYMBOL.test(asset.symbol))
    return refuse('invalid_asset', 'The symbol must be 1 to 16 of A-Z and 0-9.');
  if (!Number.isInteger(asset.scale) || asset.scale < 0 || asset.scale > 18) {
    return refuse('invalid_asset', 'The scale must be a whole number from 0 to 18.');
  }
  if (!NAME.test(asset.name)) {
    return refuse(
      'invalid_asset',
      'The name must have 1 to 64 characters, none of them a control character.',
    );
  }
  return accept(asset);
}
