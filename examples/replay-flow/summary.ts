import { formatDecimal } from '../../src/domain/money.ts';
import type { FlowReport } from './run.ts';

/** The whole run in a few lines. */
export function summarize(report: FlowReport, quantityScale: number): string {
  const { tally, elapsedMs, explanations } = report;
  const seconds = elapsedMs / 1000;
  const lines = [
    `${report.market}: ${count(tally.answered)} commands in ${seconds.toFixed(1)} s, ${count(Math.round(tally.answered / seconds))}/s`,
    `  acknowledged  ${count(tally.acknowledged)}`,
    `  trades        ${count(tally.trades)}, ${formatDecimal(tally.tradedQuantity, quantityScale)} in all (${count(tally.tradedQuantity)} units)`,
    `  refused       ${count(tally.refusals.length)}`,
    ...explanations.map(
      ({ reason, because, detail, count: times }) =>
        `    ${reason} ${count(times)}: ${because ?? `UNEXPLAINED: ${detail}`}`,
    ),
    `  latency       p50 ${tally.latency.percentileMs(0.5).toFixed(1)} ms, p99 ${tally.latency.percentileMs(0.99).toFixed(1)} ms`,
  ];
  return lines.join('\n');
}

/** Whether everything that was refused is explained. */
export function isExplained(report: FlowReport): boolean {
  return report.explanations.every(({ because }) => because !== undefined);
}

function count(value: number | bigint): string {
  return value.toLocaleString('en-US');
}
