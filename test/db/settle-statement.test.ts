import test from 'ava';
import pg from 'pg';
import { SETTLEMENT_SETTINGS } from '../../src/db/settle.ts';
import { settleStatement } from '../../src/db/settle-statement.ts';
import { createTestDatabase } from '../support/database.ts';
import { batch } from './batch.ts';

const POSITION = { epoch: 1, batchNo: 0, entryNo: 0, logHash: new Uint8Array(32) };

test('its text is the same for every batch, so that a connection prepares it once', (t) => {
  const wallets = [{ accountId: 1000, assetId: 1, balanceMinor: 5n, lockedMinor: 0n }];
  const closed = [{ accountId: 1000, orderNo: 1 }];
  const full = settleStatement(batch(POSITION, { wallets, closed }), [1000], [Buffer.from('{')]);
  const empty = settleStatement(batch(POSITION), [], []);
  t.is(full.sql, empty.sql);
  t.is(full.name, 'settle');
  t.notDeepEqual(full.values, empty.values);
});

test('its plan finds rows by their keys, also when it was made while the tables were new', async (t) => {
  const { url } = await createTestDatabase(t);
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const [name, value] of Object.entries(SETTLEMENT_SETTINGS)) {
      await client.query(`set ${name} = ${value}`);
    }
    const text = settleStatement(batch(POSITION), [], []).sql.replaceAll(/\$slonik_(\d+)/g, '$$$1');
    const { rows } = await client.query({ text: `explain (generic_plan) ${text}`, rowMode: 'array' });
    const plan = rows.flat().join('\n');
    for (const key of ['wallets_pkey', 'open_orders_pkey', 'market_states_pkey']) {
      t.regex(plan, new RegExp(`Index Scan using ${key} on [^\\n]*\\n +Index Cond: `));
    }
    for (const table of ['wallets', 'open_orders', 'market_states']) {
      t.notRegex(plan, new RegExp(`Seq Scan on ${table}\\b`));
    }
  } finally {
    await client.end();
  }
});
