import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import { endedOrderColumns, openOrderColumns, orderRow } from '../../src/db/order-rows.ts';
import { loadCatalog } from '../../src/db/reference-data.ts';
import { formatPrice, formatQuantity } from '../../src/domain/markets/market.ts';
import type { FillView, OrderView, TradeView } from '../../src/domain/views.ts';
import { viewOrder } from '../../src/domain/views.ts';

/**
 * What clients were told, kept on their side: every acknowledged order, cancel and amend, every fill, public trade and
 * private frame. Whatever happens to the exchange, all of it must be in the database.
 */
export class ClientRecord {
  /** Answers that said yes. */
  acknowledged = 0;
  /** Refusals by their code. */
  readonly refused = new Map<string, number>();
  readonly #orders = new Map<string, OrderView>();
  readonly #fills = new Map<string, FillView>();
  readonly #trades = new Map<string, TradeView>();
  readonly #frames = new Map<string, unknown>();
  readonly #sent = new Set<string>();
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  /** A client is about to send an order under this id. */
  sent(clientOrderId: string): void {
    this.#sent.add(clientOrderId);
  }

  order(order: OrderView, fills: readonly FillView[] = []): void {
    const known = this.#orders.get(order.id);
    // Answers and frames tell of the same order: the one that got further counts.
    if (known === undefined || isLater(order, known)) this.#orders.set(order.id, order);
    for (const fill of fills) this.#fills.set(`${fill.market} ${fill.tradeId} ${fill.role}`, fill);
    this.#acknowledge();
  }

  canceled(ids: readonly string[]): void {
    for (const id of ids) {
      const known = this.#orders.get(id);
      if (known !== undefined) this.#orders.set(id, { ...known, status: 'canceled' });
    }
    this.#acknowledge();
  }

  refusal(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  trades(market: string, trades: readonly TradeView[]): void {
    for (const trade of trades) this.#trades.set(`${market} ${trade.id}`, trade);
  }

  frame(accountId: string, sequence: number, data: unknown): void {
    this.#frames.set(`${accountId} ${sequence}`, data);
  }

  get tradeCount(): number {
    return this.#trades.size;
  }

  get frameCount(): number {
    return this.#frames.size;
  }

  /** Resolves when so many more answers have said yes. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count: this.acknowledged + count, resolve });
    });
  }

  #acknowledge(): void {
    this.acknowledged += 1;
    if (this.#waiting.length === 0) return;
    for (const { count, resolve } of this.#waiting) if (count <= this.acknowledged) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.acknowledged);
  }

  /** Everything that clients were told and the database doesn't say, and every order that is there twice. */
  async contradictions(pool: DatabasePool): Promise<string[]> {
    return [
      ...(await this.#missingOrders(pool)),
      ...(await this.#missingTrades(pool)),
      ...(await this.#missingFrames(pool)),
    ];
  }

  async #missingOrders(pool: DatabasePool): Promise<string[]> {
    const { markets } = await loadCatalog(pool);
    const rows = await pool.any(sql.type(orderRow)`
      select ${openOrderColumns} from open_orders union all select ${endedOrderColumns} from orders`);
    const wrong: string[] = [];
    const stored = new Map<string, OrderView>();
    const names = new Set<string>();
    for (const row of rows) {
      const order = viewOrder(markets.find(({ id }) => id === row.marketId)!, row);
      stored.set(order.id, order);
      const name = `${row.accountId} ${order.clientOrderId}`;
      if (order.clientOrderId === null) continue;
      if (names.has(name)) wrong.push(`order ${name} was placed twice`);
      if (!this.#sent.has(order.clientOrderId)) wrong.push(`order ${name} was never sent`);
      names.add(name);
    }
    for (const told of this.#orders.values()) {
      const is = stored.get(told.id);
      if (is === undefined) wrong.push(`order ${told.id} (${told.status}) is gone`);
      else if (!follows(is, told)) wrong.push(`told ${JSON.stringify(told)}, is ${JSON.stringify(is)}`);
    }
    return wrong;
  }

  async #missingTrades(pool: DatabasePool): Promise<string[]> {
    const { markets } = await loadCatalog(pool);
    const rows = await pool.any(sql.type(tradeRow)`
      select market_id, trade_no, price_ticks, quantity_lots from trades`);
    const stored = new Map<string, string>(
      rows.map((row) => {
        const market = markets.find(({ id }) => id === row.market_id)!;
        const { price_ticks, quantity_lots } = row;
        return [
          `${market.symbol} ${row.trade_no}`,
          `${formatQuantity(market, quantity_lots)}@${formatPrice(market, price_ticks)}`,
        ] as const;
      }),
    );
    const told = [
      ...[...this.#trades].map(([key, trade]) => [key, trade] as const),
      ...[...this.#fills.values()].map((fill) => [`${fill.market} ${fill.tradeId}`, fill] as const),
    ];
    return told
      .filter(([key, { quantity, price }]) => stored.get(key) !== `${quantity}@${price}`)
      .map(([key, trade]) => `told trade ${key} ${JSON.stringify(trade)}, is ${stored.get(key)}`);
  }

  async #missingFrames(pool: DatabasePool): Promise<string[]> {
    const rows = await pool.any(sql.type(frameRow)`select account_id, seq, payload from account_events`);
    const stored = new Map<string, string>(
      rows.map((row) => {
        // Traders don’t subscribe to that channel.
        const { preventedMatches: _, ...sections } = JSON.parse(row.payload.toString());
        return [`${row.account_id} ${row.seq}`, JSON.stringify(sections)];
      }),
    );
    return [...this.#frames]
      .filter(([key, data]) => stored.get(key) !== JSON.stringify(data))
      .map(([key, data]) => `told frame ${key} ${JSON.stringify(data)}, is ${stored.get(key)}`);
  }
}

const whole = z.union([z.bigint(), z.number()]).transform(Number);
const tradeRow = z.object({ market_id: whole, trade_no: whole, price_ticks: whole, quantity_lots: whole });
const frameRow = z.object({ account_id: whole, seq: whole, payload: z.instanceof(Buffer) });

const ENDED: readonly string[] = ['filled', 'canceled', 'rejected'];

function isLater(order: OrderView, known: OrderView): boolean {
  if (ENDED.includes(known.status)) return false;
  return (
    ENDED.includes(order.status) ||
    order.updatedAt > known.updatedAt ||
    Number(order.filledQuantity) > Number(known.filledQuantity)
  );
}

/** Whether an order that was told of may have become what is stored: an end is final, a fill is never taken back. */
function follows(is: OrderView, told: OrderView): boolean {
  if (ENDED.includes(told.status) && is.status !== told.status) return false;
  return (
    is.clientOrderId === told.clientOrderId &&
    is.market === told.market &&
    is.side === told.side &&
    is.createdAt === told.createdAt &&
    is.updatedAt >= told.updatedAt &&
    Number(is.filledQuantity) >= Number(told.filledQuantity) &&
    Number(is.filledQuoteAmount) >= Number(told.filledQuoteAmount)
  );
}
