import { type Dinero, dinero, toDecimal } from 'dinero.js/bigint';
import { accept, type Result, refuse } from './rejection.ts';

/**
 * Decimal strings at the edges, whole minor units (bigint) inside. No float ever holds an amount.
 */

// The only accepted spelling: no sign, exponent, hex, white space or bare point.
const DECIMAL = /^(?:0|[1-9][0-9]{0,37})(?:\.([0-9]{1,36}))?$/;
/** The most that is counted: numeric(38,0) holds it in the database. */
const MAX_DIGITS = 38;

/**
 * Reads a non-negative decimal as units of 10^-scale.
 * @param text for example `"0.015"`
 * @param scale number of decimals of the unit, 0 to 36
 * @returns `invalid_amount` when it isn't a plain decimal or has more than 38 digits in those units,
 * `too_many_decimals` when it is finer than the scale
 */
export function parseDecimal(text: string, scale: number): Result<bigint> {
  const match = DECIMAL.exec(text);
  if (match === null)
    return refuse('invalid_amount', `'${text.slice(0, 40)}' is not a plain decimal number.`);
  const fraction = match[1] ?? '';
  // Zeros at the end say nothing: 1.50 is 1.5.
  const significant = fraction.length > scale ? fraction.replace(/0+$/, '') : fraction;
  if (significant.length > scale) {
    return refuse('too_many_decimals', `'${text.slice(0, 40)}' has more than ${scale} decimals.`);
  }
  const whole = fraction.length === 0 ? text : text.slice(0, text.length - fraction.length - 1);
  if (whole !== '0' && whole.length + scale > MAX_DIGITS)
    return refuse('invalid_amount', `'${text.slice(0, 40)}' is larger than the ledger counts.`);
  return accept(BigInt(whole + significant.padEnd(scale, '0')));
}

/**
 * Writes units of 10^-scale as a decimal string without zeros at the end.
 * @example formatDecimal(1500n, 3) === '1.5'
 */
export function formatDecimal(units: bigint, scale: number): string {
  if (units < 0n) return `-${formatDecimal(-units, scale)}`;
  const digits = units.toString();
  if (scale === 0) return digits;
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, '0');
  const point = padded.length - scale;
  let end = padded.length;
  while (end > point && padded.charCodeAt(end - 1) === 48) end -= 1;
  return end === point ? padded.slice(0, point) : `${padded.slice(0, point)}.${padded.slice(point, end)}`;
}

/** An amount of an asset as a dinero object: for statements, fee tables and sums at the edges. */
export function money(
  amountMinor: bigint,
  asset: { readonly symbol: string; readonly scale: number },
): Dinero<bigint> {
  return dinero({
    amount: amountMinor,
    currency: { code: asset.symbol, base: 10n, exponent: BigInt(asset.scale) },
    scale: BigInt(asset.scale),
  });
}

/** For example `"12.50000000 USDT"`: all decimals of the asset, for people. */
export function describeMoney(amount: Dinero<bigint>): string {
  return toDecimal(amount, ({ value, currency }) => `${value} ${currency.code}`);
}
