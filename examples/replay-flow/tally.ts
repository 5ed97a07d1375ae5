import { LatencyHistogram } from '../client/latency.ts';
import type { FillView } from '../client/messages.ts';
import type { FlowCommand } from './flow-file.ts';

/** A refusal that was met, and the order it was about. */
export interface MetRefusal {
  readonly command: FlowCommand['type'];
  readonly code: string;
  readonly detail: string;
  /** Looked into at the end: the answer to the order may come right after the refusal. Undefined: unknown order. */
  readonly order: { readonly orderId: string | undefined } | undefined;
  readonly connection: number;
}

/** What came of the commands so far. */
export class Tally {
  readonly latency = new LatencyHistogram();
  readonly refusals: MetRefusal[] = [];
  readonly refusedByReason = new Map<string, number>();
  /** Commands that were sent. */
  sent = 0;
  /** Commands that the exchange took: their answer says that they are durable. */
  acknowledged = 0;
  trades = 0;
  /** Base units traded, counted in the flow's quantity units. */
  tradedQuantity = 0n;

  get answered(): number {
    return this.acknowledged + this.refusals.length;
  }

  /** Counts each trade once: by its taker. */
  addFills(fills: readonly FillView[], quantityOf: (decimal: string) => bigint): void {
    for (const fill of fills) {
      if (fill.role !== 'taker') continue;
      this.trades += 1;
      this.tradedQuantity += quantityOf(fill.quantity);
    }
  }

  refuse(refusal: MetRefusal): void {
    this.refusals.push(refusal);
    const reason = `${refusal.command} ${refusal.code}`;
    this.refusedByReason.set(reason, (this.refusedByReason.get(reason) ?? 0) + 1);
  }
}
