import type { Client } from 'pg';

export interface History {
  /** Numbered without gaps. */
  readonly accountIds: readonly number[];
  readonly pastOrders: number;
}

/** As in the usual mix of orders: how many rows of each kind there are for ten past orders. */
const TRADES_OF_TEN = 4;
const FRAMES_OF_TEN = 3;

/** Keys are taken away while the tables are filled and made again afterwards: that is several times faster. */
const KEYS = Object.freeze([
  ['orders', 'orders_pkey', 'primary key (account_id, order_no)'],
  ['trades', 'trades_pkey', 'primary key (entry_no)'],
  ['trades', 'trades_market_id_trade_no_key', 'unique (market_id, trade_no)'],
  ['postings', 'postings_pkey', 'primary key (account_id, entry_no, asset_id)'],
  ['account_events', 'account_events_pkey', 'primary key (account_id, seq)'],
] as const);

/**
 * Fills the tables that grow as if so many orders had been placed before: orders that ended, their trades, six postings
 * a trade and the owners' private frames. Numbers go on from there. Balances are left alone.
 */
export async function fillHistory(client: Client, { accountIds, pastOrders }: History): Promise<void> {
  if (pastOrders === 0) return;
  const first = accountIds[0]!;
  const accounts = accountIds.length;
  const trades = Math.floor((pastOrders * TRADES_OF_TEN) / 10);
  const framesEach = Math.floor((pastOrders * FRAMES_OF_TEN) / 10 / accounts);
  const { rows } = await client.query('select entry_no from exchange_state');
  const entryNo = Number(rows[0].entry_no);

  await client.query(
    `set work_mem = '256MB'; set maintenance_work_mem = '1GB'; set synchronous_commit = off`,
  );
  for (const [table, name] of KEYS) await client.query(`alter table ${table} drop constraint ${name}`);
  await client.query(
    `insert into orders
     select ${first} + n % ${accounts}, n / ${accounts} + 1, 1, n % 2, 0, 0, false, 6000000 + n % 1000, 1000, 0, 400,
            24000000000, 400000, 1000, 1500, 3, 2, null, n, 1767225600000 + n, 1767225600000 + n
     from generate_series(0::bigint, ${pastOrders - 1}) as n`,
  );
  await client.query(
    `insert into trades
     select ${entryNo} + n, 1, n, 6000000 + n % 1000, 1000, n % 2, ${first} + n % ${accounts}, n / ${accounts} + 1,
            ${first} + (n + 1) % ${accounts}, n / ${accounts} + 1, 1000, 1500, 1767225600000 + n
     from generate_series(1::bigint, ${trades}) as n`,
  );
  await client.query(
    `insert into postings
     select account_id, ${entryNo} + n, asset_id, 1, amount, 1767225600000 + n
     from generate_series(1::bigint, ${trades}) as n,
     lateral (values (${first} + n % ${accounts}, 1, 999000), (${first} + n % ${accounts}, 3, -60000000000),
                     (${first} + (n + 1) % ${accounts}, 1, -1000000), (${first} + (n + 1) % ${accounts}, 3, 59910000000),
                     (2, 1, 1000), (2, 3, 90000000)) as p (account_id, asset_id, amount)`,
  );
  await client.query(
    `insert into account_events
     select account_id, coalesce(s.seq, 0) + n, 0, convert_to(repeat('{"orders":[],"fills":[]}', 20), 'UTF8')
     from generate_series(${first}, ${first + accounts - 1}) as account_id
     left join account_streams s using (account_id), generate_series(1, ${framesEach}) as n`,
  );
  for (const [table, name, key] of KEYS)
    await client.query(`alter table ${table} add constraint ${name} ${key}`);
  await client.query(
    `update account_streams set seq = seq + ${framesEach} where account_id between ${first} and ${first + accounts - 1}`,
  );
  await client.query(
    `update market_states set trade_no = ${trades}, last_price_ticks = 6000000 where market_id = 1`,
  );
  await client.query(`update exchange_state set entry_no = entry_no + ${trades}`);
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}
