import test, { type ExecutionContext } from 'ava';
import { type CommonQueryMethods, type DatabasePool, type QuerySqlToken, sql } from 'slonik';
import { CHECKS, type CheckResult, runChecks, verify } from '../../../src/db/verify/verify.ts';
import { createTestDatabase } from '../../support/database.ts';
import { writeJournal } from './journal.ts';

class Undone extends Error {}

/** Changes the history, looks what the checks say, and takes the change back. */
async function checksAfter(
  pool: DatabasePool,
  change: (db: CommonQueryMethods) => Promise<unknown>,
): Promise<readonly CheckResult[]> {
  let results: readonly CheckResult[] = [];
  await pool
    .transaction(async (transaction) => {
      await change(transaction);
      results = await runChecks(transaction);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return results;
}

function failed(results: readonly CheckResult[]): string[] {
  return results.filter(({ ok }) => !ok).map(({ name }) => name);
}

test('a new database passes', async (t) => {
  const { pool } = await createTestDatabase(t);
  const results = await verify(pool);
  t.is(results.length, CHECKS.length);
  t.deepEqual(failed(results), []);
});

test('a right history passes, in a read-only snapshot, with a result after each check', async (t) => {
  const { pool } = await createTestDatabase(t);
  await writeJournal(pool);
  const seen: string[] = [];
  const results = await verify(pool, ({ name }) => seen.push(name));
  t.deepEqual(
    results.filter(({ ok }) => !ok).map(({ name, offenders }) => [name, ...offenders]),
    [],
  );
  t.deepEqual(
    seen,
    CHECKS.map(({ name }) => name),
  );
  const examined = Object.fromEntries(results.map(({ name, examined }) => [name, examined]));
  t.is(examined.trades_posted, 4n);
  t.is(examined.log_chain, 70n);
  t.is(examined.orders_equal_trades, 7n);
});

const one = sql.unsafe;

/** A change of one thing, and exactly the checks that must notice it. */
const corruptions: readonly (readonly [what: string, change: QuerySqlToken, noticedBy: readonly string[]])[] =
  [
    [
      'a posting of an entry that nothing explains',
      one`insert into postings values (1000, 99, 1, 2, 5, 0), (1001, 99, 1, 2, -4, 0)`,
      ['entries_balance', 'wallets_equal_postings', 'deposits_posted'],
    ],
    [
      'a customer given a minor unit in his wallet only',
      one`update wallets set balance_minor = balance_minor + 1 where account_id = 1000 and asset_id = 1`,
      ['wallets_equal_postings', 'money_conserved'],
    ],
    [
      'a minor unit moved from one wallet to another',
      one`update wallets set balance_minor = balance_minor + case account_id when 1000 then 1 else -1 end
        where account_id >= 1000 and asset_id = 1`,
      ['wallets_equal_postings'],
    ],
    [
      'a wallet that is gone',
      one`delete from wallets where account_id = 2 and asset_id = 1`,
      ['wallets_equal_postings', 'money_conserved'],
    ],
    [
      'a deposit larger than what was posted',
      one`update deposits set amount_minor = amount_minor + 1 where entry_no = 1`,
      ['money_conserved', 'deposits_posted'],
    ],
    [
      'a deposit posted to somebody else',
      one`update deposits set account_id = 1001 where entry_no = 1`,
      ['deposits_posted'],
    ],
    [
      'a trade posting that calls itself something else',
      one`update postings set kind = 5 where entry_no = 5 and account_id = 1000 and asset_id = 1`,
      ['trades_posted'],
    ],
    [
      'a trade posting that calls itself a withdrawal',
      one`update postings set kind = 3 where entry_no = 5 and account_id = 1000 and asset_id = 1`,
      ['withdrawals_posted', 'trades_posted'],
    ],
    [
      'a trade posting that calls itself the cost of a network',
      one`update postings set kind = 4 where entry_no = 5 and account_id = 1000 and asset_id = 1`,
      ['network_costs_posted', 'trades_posted'],
    ],
    [
      'a withdrawal on its way out that nobody asked for',
      one`insert into withdrawals
        select 1, 1000, 1, 1, 5, 0, 'simulated', 'a', null, 0, null, '{}', '{}', 'broadcast', 1, '[]', 0, 0, 0, 0, 5, 't', null`,
      ['pending_equals_leaving', 'withdrawals_follow_events'],
    ],
    [
      'the value of a trade posted wrongly, but balanced',
      one`update postings set amount_minor = amount_minor + case account_id when 1000 then 7 else -7 end
        where entry_no = 5 and asset_id = 2 and account_id >= 1000`,
      ['wallets_equal_postings', 'trades_posted'],
    ],
    [
      'a trade that charged another fee than its order was promised',
      one`update orders set taker_fee_ppm = taker_fee_ppm + 1000 where account_id = 1001 and order_no = 1`,
      ['fees_follow_rates'],
    ],
    [
      'a trade of an order that does not exist',
      one`delete from orders where account_id = 1000 and order_no = 3`,
      ['fees_follow_rates', 'orders_equal_trades'],
    ],
    [
      'more locked than the open orders hold',
      one`update wallets set locked_minor = locked_minor + 1 where account_id = 1001 and asset_id = 2`,
      ['locked_equals_holds'],
    ],
    [
      'an order that holds less than it can cost, and a wallet that agrees',
      one`with o as (update open_orders set hold_minor = hold_minor - 1 where account_id = 1000 and side = 0
                   returning account_id)
        update wallets w set locked_minor = locked_minor - 1 from o where w.account_id = o.account_id and asset_id = 2`,
      ['holds_cover_orders'],
    ],
    [
      'an order that filled more than its trades say',
      one`update orders set filled_quote_minor = filled_quote_minor + 1 where account_id = 1001 and order_no = 2`,
      ['orders_equal_trades'],
    ],
    [
      'an order filled beyond its quantity',
      one`update orders set quantity_lots = quantity_lots - 1 where account_id = 1001 and order_no = 2`,
      ['orders_equal_trades'],
    ],
    [
      'an order both open and ended',
      one`insert into orders select account_id, order_no, market_id, side, 0, 0, false, price_ticks, quantity_lots, 0,
          filled_lots, 0, 0, maker_fee_ppm, taker_fee_ppm, 2, 1, null, 0, 0, 0
        from open_orders where account_id = 1001 and order_no = 4`,
      ['orders_end_once'],
    ],
    [
      'a bid at the price of an ask',
      one`with o as (
          update open_orders o set price_ticks = 2100000, hold_minor = (o.quantity_lots - o.filled_lots) * 2100000::numeric
          from open_orders b
          where o.account_id = 1000 and o.side = 0 and b.account_id = o.account_id and b.order_no = o.order_no
          returning o.hold_minor - b.hold_minor as more)
        update wallets set locked_minor = locked_minor + o.more from o where account_id = 1000 and asset_id = 2`,
      ['books_not_crossed'],
    ],
    ['two orders with one place in the queue', one`update open_orders set priority = 1`, ['queue_places']],
    [
      'an order in a place that was not given out yet',
      one`update market_states set places = 2`,
      ['queue_places'],
    ],
    [
      'a trade number left out',
      one`with s as (update market_states set trade_no = 9)
        update trades set trade_no = 9 where trade_no = 4`,
      ['trade_numbers'],
    ],
    ['a wrong last price', one`update market_states set last_price_ticks = 1`, ['trade_numbers']],
    ['an entry number left out', one`update exchange_state set entry_no = entry_no + 1`, ['entry_numbers']],
    [
      'a one-minute candle with another close',
      one`update candles set close_ticks = close_ticks - 1 where interval_ms = 60000
        and opened_at_ms = (select min(opened_at_ms) from candles where interval_ms = 60000)`,
      ['minute_candles'],
    ],
    [
      'a day with more volume than its minutes',
      one`update candles set volume_lots = volume_lots + 1 where interval_ms = 86400000`,
      ['wide_candles'],
    ],
    ['an hour that is gone', one`delete from candles where interval_ms = 3600000`, ['wide_candles']],
    [
      'a volume that would give lower fees',
      one`update account_volumes set volume_minor = volume_minor + 1 where account_id = 1000`,
      ['traded_volumes'],
    ],
    [
      'a gap in a private stream',
      one`delete from account_events where account_id = 1000 and seq = 2`,
      ['private_streams'],
    ],
    [
      'a private stream that lost its end',
      one`delete from account_events where account_id = 1001 and seq = 2`,
      ['private_streams'],
    ],
    [
      'a message changed in the log',
      one`update message_log set payload = overlay(payload placing '9'::bytea from 6) where batch_no = 40`,
      ['log_chain'],
    ],
    ['a batch gone from the log', one`delete from message_log where batch_no = 33`, ['log_chain']],
    ['the last batch gone from the log', one`delete from message_log where batch_no = 70`, ['log_chain']],
    [
      'a log that says more messages',
      one`update message_log set message_count = 3 where batch_no = 2`,
      ['log_chain'],
    ],
    [
      'another hash in the fence',
      one`update exchange_state set log_hash = ${sql.binary(Buffer.alloc(32))}`,
      ['log_chain'],
    ],
    ['an audit log that lost its end', one`update audit_head set entry_no = entry_no + 1`, ['audit_chain']],
    [
      'an audit log with another past',
      one`update audit_head set hash = ${sql.binary(Buffer.alloc(32))}`,
      ['audit_chain'],
    ],
  ];

test('each corruption is noticed by its check, and by no other', async (t: ExecutionContext) => {
  const { pool } = await createTestDatabase(t);
  await writeJournal(pool);
  for (const [what, change, noticedBy] of corruptions) {
    const results = await checksAfter(pool, (db) => db.query(change));
    t.deepEqual(failed(results), [...noticedBy], what);
    for (const { ok, offenders } of results) t.is(ok, offenders.length === 0);
  }
  const noticed = new Set(corruptions.flatMap(([, , names]) => names));
  t.deepEqual(
    CHECKS.filter(({ name }) => !noticed.has(name)),
    [],
    'every check is proved to fail',
  );
});

test('an offender is named so that it can be found', async (t) => {
  const { pool } = await createTestDatabase(t);
  await writeJournal(pool);
  const results = await checksAfter(pool, (db) =>
    db.query(
      one`update wallets set locked_minor = locked_minor + 1 where account_id = 1001 and asset_id = 2`,
    ),
  );
  t.deepEqual(results.find(({ name }) => name === 'locked_equals_holds')?.offenders, [
    'account_id=1001 asset=USD locked_minor=1 holds_minor=none',
  ]);
});
