import test from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import {
  ORDER_REASONS,
  ORDER_TYPES,
  SELF_TRADE_PREVENTIONS,
  TIMES_IN_FORCE,
} from '../../src/domain/orders/order.ts';
import { ORDER_STATUSES } from '../../src/domain/orders/order-machine.ts';
import { mustBeOk, startTestExchange } from '../support/exchange.ts';

const WORDS = {
  type: ORDER_TYPES,
  time_in_force: TIMES_IN_FORCE,
  self_trade: SELF_TRADE_PREVENTIONS,
  status: ORDER_STATUSES,
  reason: ORDER_REASONS,
};

test('whoever opens the database reads the same words as the API', async (t) => {
  const { pool, exchange, account, place } = await startTestExchange(t);
  const word = z.object({ word: z.string().nullable() });
  for (const [kind, words] of Object.entries(WORDS)) {
    for (const [code, expected] of [...words, null].entries()) {
      const row = await pool.one(sql.type(word)`select order_word(${kind}, ${code}) as word`);
      t.is(row.word, expected, `${kind} ${code}`);
    }
  }
  const alice = await account({ USD: '1000' });
  mustBeOk(await place(alice, { tag: 'grid' }));
  mustBeOk(await exchange.cancelAllOrders({ accountId: alice, tag: 'grid' }));
  const order = z.object({ market: z.string(), type: z.string(), status: z.string(), reason: z.string() });
  t.deepEqual(await pool.one(sql.type(order)`select market, type, status, reason from orders_human`), {
    market: 'BTC-USD',
    type: 'limit',
    status: 'canceled',
    reason: 'canceled_by_client',
  });
});
