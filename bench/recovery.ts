import pg from 'pg';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import type { BenchOptions } from './harness/bench.ts';
import { alone, compared, type Figure } from './harness/figure.ts';
import { median } from './harness/statistics.ts';
import { createCustomers } from './load/customers.ts';
import { residentBytes, startExchangeProcess, withTemporaryDirectory } from './load/processes.ts';

/**
 * Seconds from the start of the process until the exchange is open, with a million open orders, and how much memory it
 * has then. Beside it: reading the same rows with `pg`, without making anything of them.
 */

const OPEN_ORDERS = 1_000_000;
const ACCOUNTS = 1_000;
const ROUNDS = 3;
const MEBIBYTE = 1024 * 1024;

export function run({ log }: BenchOptions): Promise<Figure[]> {
  return withTemporaryDirectory(async (dataDir) => {
    await fill(dataDir, log);
    const seconds: number[] = [];
    const mebibytes: number[] = [];
    const plainSeconds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const exchange = await startExchangeProcess(dataDir);
      seconds.push(exchange.startMs / 1000);
      mebibytes.push((await residentBytes(exchange.pid)) / MEBIBYTE);
      plainSeconds.push(await readPlainly(exchange.databaseUrl));
      await exchange.stop();
      log(
        `open after ${seconds.at(-1)!.toFixed(1)} s with ${Math.round(mebibytes.at(-1)!)} MiB; ` +
          `plain reading ${plainSeconds.at(-1)!.toFixed(1)} s`,
      );
    }
    const orders = `${OPEN_ORDERS.toLocaleString('en-US')} open orders`;
    return [
      compared(
        { name: `recovery, ${orders}`, value: median(seconds), unit: 's' },
        'reading the rows with pg',
        median(plainSeconds),
      ),
      alone({ name: `memory at ready, ${orders}`, value: median(mebibytes), unit: 'MiB' }),
    ];
  });
}

/** Opens an exchange once for its schema, markets, customers and money, then adds the orders by SQL. */
async function fill(dataDir: string, log: BenchOptions['log']): Promise<void> {
  const exchange = await startExchangeProcess(dataDir);
  const customers = await createCustomers(exchange, ACCOUNTS);
  await exchange.stop();
  const postgres = await startEmbeddedPostgres({ dataDir, log: { info() {}, warn() {}, error() {} } });
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    await client.query(OPEN_ORDERS_SQL, [customers[0]!.accountId, ACCOUNTS, OPEN_ORDERS]);
    await client.query(LOCKED_SQL);
    await client.query(`update market_states set seq = $1, places = $1 where market_id = 1`, [OPEN_ORDERS]);
    await client.query('vacuum analyze open_orders');
    log(`${OPEN_ORDERS} open orders of ${ACCOUNTS} accounts are there`);
  } finally {
    await client.end();
    await postgres.stop();
  }
}

/** Tick × lot of BTC-USDT is 10 minor units of USDT, a lot 1,000 of BTC. Every other order has a name of the client. */
const OPEN_ORDERS_SQL = `
  insert into open_orders (
    account_id, order_no, market_id, priority, side, price_ticks, quantity_lots, filled_lots, filled_quote_minor,
    fee_minor, hold_minor, maker_fee_ppm, taker_fee_ppm, post_only, client_order_id, request_digest, created_at_ms,
    updated_at_ms
  )
  select $1::bigint + n % $2::int, n / $2::int + 1, 1, n + 1, n % 2, price, 1000, 0, 0, 0,
         case n % 2 when 0 then 1000 * price * 10::numeric else 1000 * 1000::numeric end, 1000, 1500, false,
         case when n % 4 < 2 then 'order-' || n end, n, 1767225600000 + n, 1767225600000 + n
  from generate_series(0, $3::int - 1) as n,
  lateral (select case n % 2 when 0 then 6000000 - 1 - (n * 7919::bigint) % 500000
                             else 6000000 + 1 + (n * 7919::bigint) % 500000 end) as p (price)`;

const LOCKED_SQL = `
  update wallets w set locked_minor = h.hold_minor
  from (
    select account_id, case side when 0 then m.quote_asset_id else m.base_asset_id end as asset_id,
           sum(hold_minor) as hold_minor
    from open_orders o join markets m on m.id = o.market_id group by 1, 2
  ) h
  where w.account_id = h.account_id and w.asset_id = h.asset_id`;

async function readPlainly(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const startedAt = performance.now();
  const { rows } = await client.query('select * from open_orders where market_id = 1 order by priority');
  const seconds = (performance.now() - startedAt) / 1000;
  await client.end();
  if (rows.length !== OPEN_ORDERS) throw new Error('the orders are not all there');
  return seconds;
}
