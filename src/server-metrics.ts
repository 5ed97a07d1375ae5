import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { InvariantViolation } from './domain/invariants.ts';

/** What is measured of the exchange itself; the gateway measures its requests. */

export function gaugeBacklog(metrics: Registry, backlog: () => number): void {
  new Gauge({
    name: 'bourse_settlement_backlog',
    help: 'Effects that are not committed yet.',
    registers: [metrics],
    collect() {
      this.set(backlog());
    },
  });
}

export function gaugeDifferences(metrics: Registry): (asset: string, units: number) => void {
  const differences = new Gauge({
    name: 'bourse_custody_difference',
    help: 'What custody has more (or, negative, less) of an asset than the ledger says. Anything but 0 is an alert.',
    labelNames: ['asset'],
    registers: [metrics],
  });
  return (asset, units) => differences.set({ asset }, units);
}

export function countViolations(metrics: Registry): (violation: InvariantViolation) => void {
  const violations = new Counter({
    name: 'bourse_invariant_violations_total',
    help: 'Accounts and markets in which ledger and memory did not agree. Anything above 0 is an alert.',
    labelNames: ['check'],
    registers: [metrics],
  });
  return ({ check }) => violations.inc({ check });
}

export function observeBatches(metrics: Registry): (stats: { effects: number; commitMs: number }) => void {
  const effects = new Counter({
    name: 'bourse_settled_effects_total',
    help: 'Effects of actor messages that were committed.',
    registers: [metrics],
  });
  const duration = new Histogram({
    name: 'bourse_commit_seconds',
    help: 'Time a settlement batch took to commit.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [metrics],
  });
  return (stats) => {
    effects.inc(stats.effects);
    duration.observe(stats.commitMs / 1000);
  };
}
