import { type CommonQueryMethods, sql } from 'slonik';
import { z } from 'zod';
import type { Order } from '../domain/order.ts';
import { sideCode } from './codes.ts';

/**
 * The open orders of a market, of which there may be a million while start-up waits for them. So PostgreSQL puts many
 * orders in one text, a line each, and the lines are read digit by digit: several times faster than a row and an object
 * for each, and only one text is in memory at a time.
 */

const ORDERS_A_TEXT = 16_384;
const COMMA = 44;
const ZERO = 48;
/** So many decimal digits are always below 2^53. */
const SAFE_DIGITS = 15;

const textRow = z.strictObject({ lines: z.string() });

/** Must be called in a transaction. */
export async function loadRestingOrders(db: CommonQueryMethods, marketId: number): Promise<Order[]> {
  await db.query(sql.unsafe`set local work_mem = '256MB'`);
  // A client's own name comes last: it is missing where there is none, and it holds neither comma nor newline.
  await db.query(sql.unsafe`
    declare resting_orders no scroll cursor for
    select string_agg(concat_ws(',', account_id, order_no, priority, side, price_ticks, quantity_lots, filled_lots,
             filled_quote_minor, fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm, post_only::int, request_digest,
             created_at_ms, updated_at_ms, client_order_id), E'\n' order by priority) as lines
    from open_orders where market_id = ${sql.literalValue(String(marketId))}::int
    group by priority / ${sql.literalValue(String(ORDERS_A_TEXT))}::bigint
    order by priority / ${sql.literalValue(String(ORDERS_A_TEXT))}::bigint`);
  const orders: Order[] = [];
  for (;;) {
    const text = await db.maybeOne(sql.type(textRow)`fetch next from resting_orders`);
    if (text === null) break;
    const reader = new LineReader(text.lines);
    while (!reader.atEnd) orders.push(readOrder(marketId, reader));
  }
  await db.query(sql.unsafe`close resting_orders`);
  return orders;
}

function readOrder(marketId: number, line: LineReader): Order {
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
  const requestDigest = line.number();
  const createdAtMs = line.number();
  const updatedAtMs = line.number();
  const clientOrderId = line.restOfLine();
  return {
    marketId,
    accountId,
    orderNo,
    clientOrderId,
    requestDigest,
    side,
    type: 'limit',
    timeInForce: 'gtc',
    postOnly,
    priceTicks,
    quantityLots,
    quoteBudget: 0,
    makerFeePpm,
    takerFeePpm,
    filledLots,
    filledQuoteMinor,
    feeMinor,
    holdMinor,
    status: filledLots > 0 ? 'partially_filled' : 'open',
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

  restOfLine(): string | null {
    const newline = this.#text.indexOf('\n', this.#at);
    const end = newline < 0 ? this.#text.length : newline;
    // A piece of a text keeps the whole of it in memory; a copy does not.
    const rest = end === this.#at ? null : Buffer.from(this.#text.slice(this.#at, end)).toString();
    this.#at = end + 1;
    return rest;
  }
}
