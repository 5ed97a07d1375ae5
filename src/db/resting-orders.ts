import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Order } from '../domain/orders/order.ts';
import type { OrderTerms } from '../domain/orders/order-terms.ts';
import { selfTradeCode, sideCode, timeInForceCode, typeCode } from './codes.ts';
import { values } from './columns.ts';

/**
 * The open orders of markets, of which there may be a million while start-up waits for them. So PostgreSQL puts the
 * orders of many pages in one text, a line each, and the lines are read digit by digit: several times faster than a row and
 * an object for each, and only two texts are in memory at a time. They are put in order here, since a million rows are
 * sorted by PostgreSQL before it answers the first; as they lie about in the order of their places, that is quick.
 */

/** By what the row says it waits for. */
const WAITING = Object.freeze([undefined, 'untriggered', 'pending'] as const);

const PAGES_A_TEXT = 512;
const COMMA = 44;
const ZERO = 48;
/** So many decimal digits are always below 2^53. */
const SAFE_DIGITS = 15;

const sizeRow = z.strictObject({ pages: z.bigint().transform(Number) });
const textRow = z.strictObject({ lines: z.string() });

/**
 * By market, in the order of their places in the queue; a market without any is left out. One pass over the table reads
 * them for all markets. Must be called in a transaction with a snapshot of its own.
 */
export async function loadRestingOrders(
  db: CommonQueryMethods,
  marketIds: readonly number[],
): Promise<Map<number, Order[]>> {
  const { pages } = await db.one(sql.type(sizeRow)`
    select pg_relation_size('open_orders') / current_setting('block_size')::bigint as pages`);
  const textFrom = (page: number) =>
    page >= pages ? Promise.resolve({ lines: '' }) : loadText(db, marketIds, page, page + PAGES_A_TEXT);
  const orders = new Map<number, Order[]>();
  let text = await textFrom(0);
  for (let page = 0; page < pages; page += PAGES_A_TEXT) {
    // PostgreSQL makes the next text while this one is read.
    const next = textFrom(page + PAGES_A_TEXT);
    // If it fails before it is waited for, that is told there.
    next.catch(() => {});
    await nextTurn();
    const reader = new LineReader(text.lines);
    while (!reader.atEnd) {
      const order = readOrder(reader);
      const ofMarket = orders.get(order.marketId);
      if (ofMarket === undefined) orders.set(order.marketId, [order]);
      else ofMarket.push(order);
    }
    text = await next;
  }
  for (const ofMarket of orders.values()) ofMarket.sort((a, b) => a.priority - b.priority);
  return orders;
}

/** Terms, if any, and a client's own name, if there is one, come last and together: both are ASCII without a newline. */
function loadText(db: CommonQueryMethods, marketIds: readonly number[], fromPage: number, toPage: number) {
  return db.one(sql.type(textRow)`
    select coalesce(string_agg(concat_ws(',', market_id, account_id, order_no, priority, side, price_ticks, quantity_lots,
             filled_lots, filled_quote_minor, fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm, post_only::int, type,
             time_in_force, waiting, self_trade, coalesce(trade_group, account_id), request_digest, created_at_ms, updated_at_ms,
             coalesce(length(terms::text), 0), nullif(concat(terms::text, client_order_id), '')), E'\n'), '') as lines
    from open_orders
    where ctid >= ${`(${fromPage},0)`}::tid and ctid < ${`(${toPage},0)`}::tid and market_id = any(${values(marketIds)}::int[])`);
}

function readOrder(line: LineReader): Order {
  const marketId = line.number();
  const accountId = line.number();
  const orderNo = line.number();
  const priority = line.number();
  const side = sideCode.word(line.number());
  const priceTicks = line.number();
  const quantityLots = line.number();
  const filledLots = line.number();
  const filledQuoteMinor = line.bigint();
  const feeMinor = line.bigint();
  const holdMinor = line.bigint();
  const makerFeePpm = line.number();
  const takerFeePpm = line.number();
  const postOnly = line.number() === 1;
  const type = typeCode.word(line.number());
  const timeInForce = timeInForceCode.word(line.number());
  const waiting = line.number();
  const selfTrade = selfTradeCode.word(line.number());
  const tradeGroup = line.number();
  const requestDigest = line.number();
  const createdAtMs = line.number();
  const updatedAtMs = line.number();
  const termsLength = line.number();
  const terms = termsLength === 0 ? null : (JSON.parse(line.text(termsLength)) as OrderTerms);
  const clientOrderId = line.restOfLine();
  return {
    marketId,
    accountId,
    orderNo,
    clientOrderId,
    requestDigest,
    side,
    type,
    timeInForce,
    postOnly,
    priceTicks,
    quantityLots,
    quoteBudget: 0,
    selfTrade,
    tradeGroup,
    terms,
    makerFeePpm,
    takerFeePpm,
    filledLots,
    filledQuoteMinor,
    feeMinor,
    holdMinor,
    status: WAITING[waiting] ?? (filledLots > 0 ? 'partially_filled' : 'open'),
    reason: 'none',
    priority,
    createdAtMs,
    updatedAtMs,
  };
}

/** Reads lines of whole numbers between commas, each line perhaps with a text at its end. */
class LineReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Up to 2^53. */
  number(): number {
    let value = 0;
    for (let unit = this.#text.charCodeAt(this.#at); unit >= ZERO; unit = this.#text.charCodeAt(this.#at)) {
      value = value * 10 + unit - ZERO;
      this.#at += 1;
    }
    // The last number of a line leaves the newline, by which restOfLine sees that there is no text.
    if (this.#text.charCodeAt(this.#at) === COMMA) this.#at += 1;
    return value;
  }

  bigint(): bigint {
    const start = this.#at;
    const value = this.number();
    if (value === 0) return 0n;
    const end = this.#text.charCodeAt(this.#at - 1) === COMMA ? this.#at - 1 : this.#at;
    return end - start <= SAFE_DIGITS ? BigInt(value) : BigInt(this.#text.slice(start, end));
  }

  text(length: number): string {
    const start = this.#at;
    this.#at += length;
    return this.#text.slice(start, this.#at);
  }

  restOfLine(): string | null {
    const newline = this.#text.indexOf('\n', this.#at);
    const end = newline < 0 ? this.#text.length : newline;
    // A piece of a text keeps the whole of it in memory; a copy does not.
    const rest = end === this.#at ? null : Buffer.from(this.#text.slice(this.#at, end)).toString();
    this.#at = end + 1;
    return rest;
  }
}
