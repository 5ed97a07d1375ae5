import type { Exchange } from '../../actors/ports.ts';
import { parseDecimal } from '../../domain/money.ts';

const SCALE = 18;

/**
 * What one unit of an asset is worth in another, as a decimal: the larger of the last price and the highest of 24 hours, so that
 * nobody makes it cheap by a trade of his own. null: no market tells.
 */
export function unitValueOf(
  exchange: Pick<Exchange, 'ticker'>,
  asset: string,
  valuationAsset: string,
): string | null {
  if (asset === valuationAsset) return '1';
  const ticker = exchange.ticker(`${asset}-${valuationAsset}`);
  if (!ticker.ok) return null;
  const { lastPrice, high } = ticker.value;
  const prices = [lastPrice, high].filter((price) => price !== null);
  return prices.reduce<string | null>(
    (most, price) => (most === null || units(price) > units(most) ? price : most),
    null,
  );
}

function units(price: string): bigint {
  const parsed = parseDecimal(price, SCALE);
  return parsed.ok ? parsed.value : 0n;
}
