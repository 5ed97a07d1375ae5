/** One measured value beside the yardstick that was measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with, or null when there is nothing to compare with. */
  readonly yardstick: string | null;
  readonly yardstickValue: number | null;
  /** value ÷ yardstickValue. */
  readonly ratio: number | null;
  /** Such as `{ p50: 71, p99: 700 }`, in the unit that the name of the figure or the key tells. */
  readonly percentiles?: Readonly<Record<string, number>>;
}

/** A figure beside its yardstick. */
export function compared(
  figure: Pick<Figure, 'name' | 'value' | 'unit' | 'percentiles'>,
  yardstick: string,
  yardstickValue: number,
): Figure {
  return { ...figure, yardstick, yardstickValue, ratio: figure.value / yardstickValue };
}

/** A figure without a yardstick. */
export function alone(figure: Pick<Figure, 'name' | 'value' | 'unit' | 'percentiles'>): Figure {
  return { ...figure, yardstick: null, yardstickValue: null, ratio: null };
}
