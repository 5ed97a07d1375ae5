import { formatDecimal, parseDecimal } from '../../src/domain/money.ts';

/** A tick or a lot: what prices or quantities are multiples of. */
export interface Step {
  readonly scale: number;
  readonly units: bigint;
  readonly value: number;
}

/** @param text decimal, for example `0.01` */
export function parseStep(text: string): Step {
  const scale = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const units = parseDecimal(text, scale);
  if (!units.ok || units.value === 0n) throw new RangeError(`${text} is no step`);
  return { scale, units: units.value, value: Number(text) };
}

/** The multiple of the step that is nearest to a value, at least one step, as a decimal. */
export function toMultiple(value: number, step: Step): string {
  const steps = Math.max(1, Math.round(value / step.value));
  return formatDecimal(BigInt(steps) * step.units, step.scale);
}
