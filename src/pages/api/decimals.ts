import { formatDecimal, parseDecimal } from '../../domain/money.ts';

/** Arithmetic with the decimals of the API: exact, in units of 10^-36 or coarser, never in floats. */

const SCALE = 18;

/** Units of 10^-18; what isn't a decimal counts as nothing. */
export function units(text: string | null | undefined): bigint {
  if (text === null || text === undefined) return 0n;
  const isNegative = text.startsWith('-');
  const parsed = parseDecimal(isNegative ? text.slice(1) : text, SCALE);
  if (!parsed.ok) return 0n;
  return isNegative ? -parsed.value : parsed.value;
}

export function fromUnits(amount: bigint): string {
  return formatDecimal(amount, SCALE);
}

export function isDecimal(text: string): boolean {
  return parseDecimal(text, SCALE).ok;
}

export function compareDecimals(one: string, other: string): number {
  const difference = units(one) - units(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function add(one: string, other: string): string {
  return fromUnits(units(one) + units(other));
}

/** Rounded down to a number of decimals. */
export function multiply(one: string, other: string, decimals: number): string {
  return roundDown(fromUnits((units(one) * units(other)) / 10n ** BigInt(SCALE)), decimals);
}

/** Rounded down to a number of decimals; of nothing by nothing: nothing. */
export function divide(one: string, other: string, decimals: number): string {
  const divisor = units(other);
  return divisor === 0n ? '0' : roundDown(fromUnits((units(one) * 10n ** BigInt(SCALE)) / divisor), decimals);
}

export function roundDown(text: string, decimals: number): string {
  const [whole, fraction = ''] = text.split('.');
  const kept = fraction.slice(0, decimals).replace(/0+$/, '');
  return kept === '' ? whole! : `${whole}.${kept}`;
}

/** The largest multiple of a step that is not above. */
export function floorToStep(text: string, step: string): string {
  const size = units(step);
  return size === 0n ? text : fromUnits((units(text) / size) * size);
}

/** How many decimals a step has: `0.01` has two. */
export function decimalsOf(step: string): number {
  return step.split('.')[1]?.length ?? 0;
}

/** For people: thousands grouped, exactly so many decimals. */
export function show(text: string | null | undefined, decimals?: number): string {
  if (text === null || text === undefined) return '–';
  const sign = text.startsWith('-') ? '−' : '';
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const shown = decimals === undefined ? fraction : fraction.slice(0, decimals).padEnd(decimals, '0');
  return `${sign}${grouped}${shown === '' ? '' : `.${shown}`}`;
}

/** For charts and bars only, where a picture has fewer digits than a float. */
export function approximately(text: string): number {
  return Number(text);
}
