import type { Figure } from './figure.ts';

/** Prints one JSON object a line. */
export function printJson(figures: readonly Figure[]): void {
  for (const figure of figures) console.log(JSON.stringify(figure));
}

/** Prints an aligned table; of no figures, nothing. */
export function printTable(figures: readonly Figure[]): void {
  if (figures.length === 0) return;
  const rows = [
    ['figure', 'value', 'unit', 'yardstick', 'its value', 'ratio', 'percentiles'],
    ...figures.map((figure) => [
      figure.name,
      formatNumber(figure.value),
      figure.unit,
      figure.yardstick ?? '–',
      figure.yardstickValue === null ? '–' : formatNumber(figure.yardstickValue),
      figure.ratio === null ? '–' : figure.ratio.toFixed(2),
      Object.entries(figure.percentiles ?? {})
        .map(([name, value]) => `${name} ${formatNumber(value)}`)
        .join(', '),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  }
}

function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}
