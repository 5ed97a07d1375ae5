import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'slonik';
import { createRestClient } from '../../examples/client/rest.ts';
import { logIn } from '../../examples/client/sign-in.ts';
import { createDataDirectory } from '../support/database.ts';
import { startTestExchange } from '../support/running-exchange.ts';
import { bourse } from './run.ts';

test('a credit reaches the account through the running exchange', async (t) => {
  const { config, pool } = await startTestExchange(t);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json();
  const balance = () =>
    pool.anyFirst(
      sql.unsafe`select balance from wallets_human where account_id = ${String(ada!.accountId)}::bigint`,
    );

  const byEmail = await bourse(config, [
    'credit',
    'ADA@example.com',
    'BTC',
    '1.5',
    '--reference',
    'gift-1',
    '--json',
  ]);
  t.is(byEmail.exitCode, 0);
  t.deepEqual(byEmail.json(), [
    { accountId: ada!.accountId, reference: 'gift-1', asset: 'BTC', amount: '1.5' },
  ]);
  t.is((await bourse(config, ['credit', String(ada!.accountId), 'BTC', '0.5'])).exitCode, 0);
  t.is((await balance()).length, 1);

  for (const [args, code] of [
    [['credit', 'ada@example.com', 'BTC', '1.5', '--reference', 'gift-1'], 'duplicate_deposit'],
    [['credit', 'nobody@example.com', 'BTC', '1'], 'user_not_found'],
    [['credit', '999999', 'BTC', '1'], 'account_not_found'],
    [['credit', 'ada@example.com', 'XYZ', '1'], 'asset_not_found'],
    [['credit', 'ada@example.com', 'BTC', '0.000000001'], 'too_many_decimals'],
    [['credit', 'ada@example.com', 'BTC', '1e3'], 'invalid_request'],
  ] as const) {
    const refused = await bourse(config, [...args, '--json']);
    t.is(refused.exitCode, 1, code);
    t.is(JSON.parse(refused.stderr).error.code, code);
    t.is(refused.stdout, '');
  }
  const total = await pool.oneFirst(
    sql.unsafe`select sum(balance_minor) from wallets where account_id >= 1000`,
  );
  t.is(total, 200_000_000n);

  const production = { ...config, production: true };
  const refused = await bourse(production, ['credit', 'ada@example.com', 'BTC', '1', '--json']);
  t.is(refused.exitCode, 1);
  t.is(JSON.parse(refused.stderr).error.code, 'simulated_deposits_disabled');
});

test('assets and markets are added, halted, resumed and given fees while the exchange runs', async (t) => {
  const { config, baseUrl } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);
  const market = () => rest.request<Record<string, unknown>>('GET', '/v1/markets/SOL-USDT');

  t.is((await bourse(config, ['asset', 'add', 'SOL', '--scale', '9', '--name', 'Solana'])).exitCode, 0);
  t.true((await bourse(config, ['asset', 'list'])).stdout.includes('Solana'));
  const add = [
    'market',
    'add',
    'SOL-USDT',
    '--tick-size',
    '0.01',
    '--lot-size',
    '0.001',
    '--max-quantity',
    '1000',
    '--breaker',
    '50000:60:300',
    '--status',
    'pending',
  ];
  t.is((await bourse(config, add)).exitCode, 0);
  t.like(await market(), { status: 'pending', tickSize: '0.01', minQuantity: '0.001' });
  t.like((await market())['breaker'], { band: '0.05', windowSeconds: 60, auctionSeconds: 300 });
  t.is((await bourse(config, ['market', 'status', 'SOL-USDT', 'auction', '--for', '1'])).exitCode, 0);
  while ((await market())['status'] !== 'open') await new Promise((resolve) => setTimeout(resolve, 50));
  const again = await bourse(config, [...add, '--json']);
  t.is(JSON.parse(again.stderr).error.code, 'market_exists');

  for (const [args, status] of [
    [['market', 'halt', 'SOL-USDT'], 'halted'],
    [['market', 'resume', 'SOL-USDT'], 'open'],
    [['market', 'status', 'SOL-USDT', 'post_only'], 'post_only'],
  ] as const) {
    t.is((await bourse(config, args)).exitCode, 0);
    t.like(await market(), { status });
  }
  t.is((await bourse(config, ['market', 'fees', 'SOL-USDT', '0:500:900', '1000:0:100'])).exitCode, 0);
  t.like(await market(), {
    feeTiers: [
      { minVolume: '0', makerFee: '0.0005', takerFee: '0.0009' },
      { minVolume: '1000', makerFee: '0', takerFee: '0.0001' },
    ],
  });

  const [listed] = (await bourse(config, ['market', 'list', '--json'])).json() as {
    markets: { symbol: string }[];
  }[];
  t.deepEqual(
    listed!.markets.map(({ symbol }) => symbol),
    ['BTC-USDT', 'ETH-USDT', 'ETH-BTC', 'SOL-USDT'],
  );
  t.is((await bourse(config, ['market', 'status', 'SOL-USDT', 'gone'])).exitCode, 2);
  t.is((await bourse(config, ['market', 'fees', 'SOL-USDT', '0:cheap'])).exitCode, 2);
  t.is((await bourse(config, ['market', 'halt', 'NO-SUCH'])).exitCode, 1);
});

test('the operator that acts is the first, or the one that is named, and his session ends with the command', async (t) => {
  const { config, pool } = await startTestExchange(t);
  const production = { ...config, production: true };
  const nobody = await bourse(production, ['market', 'halt', 'BTC-USDT', '--json']);
  t.is(JSON.parse(nobody.stderr).error.code, 'operator_not_found');

  await bourse(config, ['operator', 'add', 'first@example.com']);
  await bourse(config, ['operator', 'add', 'second@example.com']);
  t.is((await bourse(production, ['market', 'halt', 'BTC-USDT'])).exitCode, 0);
  t.is((await bourse(config, ['market', 'resume', 'BTC-USDT', '--as', 'Second@example.com'])).exitCode, 0);
  const sessions = await pool.any(sql.unsafe`
    select u.email, s.end_reason from sessions s join users u on u.id = s.user_id order by s.created_at_ms`);
  t.deepEqual(sessions as unknown, [
    { email: 'first@example.com', end_reason: 'logged_out' },
    { email: 'second@example.com', end_reason: 'logged_out' },
  ]);

  await bourse(config, ['user', 'add', 'customer@example.com']);
  const customer = await bourse(config, [
    'market',
    'halt',
    'BTC-USDT',
    '--as',
    'customer@example.com',
    '--json',
  ]);
  t.is(JSON.parse(customer.stderr).error.code, 'operator_not_found');
});

test('verify prints a line for each proof and fails on a mismatch', async (t) => {
  const { config, pool } = await startTestExchange(t);
  await bourse(config, ['user', 'add', 'ada@example.com']);
  await bourse(config, ['credit', 'ada@example.com', 'USDT', '100']);
  const right = await bourse(config, ['verify']);
  t.is(right.exitCode, 0);
  t.regex(right.stdout, /^(ok {4}.*\n){24}$/);

  await pool.query(sql.unsafe`update wallets set balance_minor = balance_minor + 1 where account_id = 1000`);
  const wrong = await bourse(config, ['verify', '--json']);
  t.is(wrong.exitCode, 1);
  t.deepEqual(
    wrong.json().flatMap(({ ok, name }) => (ok === true ? [] : [name])),
    ['wallets_equal_postings', 'money_conserved'],
  );
  t.is(JSON.parse(wrong.stderr).error.code, 'verify_failed');
  t.regex(
    (await bourse(config, ['verify'])).stdout,
    /FAIL {2}every wallet.*\n {8}account_id=1000 asset=USDT/,
  );
});

test('replay comes to what the database says', async (t) => {
  const { config } = await startTestExchange(t);
  await bourse(config, ['user', 'add', 'ada@example.com']);
  await bourse(config, ['credit', 'ada@example.com', 'USDT', '100']);
  const replayed = await bourse(config, ['replay', '--json']);
  t.is(replayed.exitCode, 0);
  t.true(replayed.json().every(({ ok }) => ok));
});

test('replay tells all that happened to one account, and what it has', async (t) => {
  const { config, baseUrl } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);
  for (const name of ['ada', 'bob']) {
    const [user] = (await bourse(config, ['user', 'add', `${name}@example.com`, '--json'])).json() as [
      { email: string; password: string },
    ];
    for (const asset of ['BTC', 'USDT'])
      await bourse(config, ['credit', user.email, asset, '1000', '--reference', asset]);
    const token = await (await logIn(rest, user)).accessToken();
    const order = { market: 'BTC-USDT', side: name === 'ada' ? 'buy' : 'sell', type: 'limit', price: '200' };
    await rest.request('POST', '/v1/orders', {
      token,
      body: { ...order, quantity: name === 'ada' ? '2' : '1' },
    });
  }
  const told = await bourse(config, ['replay', '--account', '1000']);
  t.is(told.exitCode, 0, told.stderr);
  t.regex(told.stdout, /"deposit":\{"accountId":1000,/);
  t.notRegex(told.stdout, /"deposit":\{"accountId":1002,/);
  t.regex(told.stdout, /trade 1: 1 at 200, 1002-1 from 1000-1\n/);
  const end = told.stdout.slice(told.stdout.indexOf('account 1000 after batch'));
  // A thousandth of what it bought is its fee as the maker.
  t.regex(end, /BTC: 1000\.999, of which 1000\.999 available and 0 on hold\n/);
  t.regex(end, /USDT: 800, of which 600 available and 200 on hold\n/);
  t.regex(end, /order 1000-1, BTC-USDT: buy limit, partially_filled, filled 1, since 20/);
  const lines = (await bourse(config, ['replay', '--account', '1000', '--json'])).json();
  const wallets = lines.flatMap(({ wallet }) => (wallet === undefined ? [] : [wallet]));
  t.deepEqual(wallets.at(-1), { asset: 'USDT', balance: '800', locked: '200', available: '600' });
});

test('a log goes to a file and is replayed from it: whole, in part, one market, step by step', async (t) => {
  const { config } = await startTestExchange(t);
  const directory = await createDataDirectory(t);
  await bourse(config, ['user', 'add', 'ada@example.com']);
  await bourse(config, ['credit', 'ada@example.com', 'USDT', '100']);
  await bourse(config, ['market', 'halt', 'BTC-USDT']);
  const whole = (await bourse(config, ['replay', '--json'])).json();
  const expected = whole.find(({ check }) => check === 'state hash')!['replayed'];
  for (const name of ['log.jsonl', 'log.jsonl.gz']) {
    const file = join(directory, name);
    t.is((await bourse(config, ['replay', '--export', file])).exitCode, 0);
    const replayed = await bourse(config, ['replay', '--import', file, '--json']);
    t.is(replayed.json().at(-1)!['stateHash'], expected);
  }
  const file = join(directory, 'log.jsonl');
  const batches = whole[0]!['batches'] as number;
  const last = await bourse(config, ['replay', '--import', file, '--diff', String(batches - 1)]);
  t.regex(last.stdout, /market 1\n {4}was open.*\n {4}is {2}halted/);
  const steps = await bourse(config, ['replay', '--import', file, '--from', String(batches)]);
  t.regex(steps.stdout, /BTC-USDT 1 {2}\{"type":"setMarketStatus","status":"halted"\}/);
  const part = await bourse(config, ['replay', '--until', String(batches - 1), '--json']);
  t.is(part.json().at(-1)!['batch'], batches - 1);
  t.is((await bourse(config, ['replay', '--market', 'BTC-USDT'])).exitCode, 0);
  t.is(
    JSON.parse((await bourse(config, ['replay', '--until', 'noon', '--json'])).stderr).error.code,
    'invalid_option',
  );

  await writeFile(file, (await readFile(file, 'utf8')).replace('halted', 'open'));
  const forged = await bourse(config, ['replay', '--import', file, '--json']);
  t.is(JSON.parse(forged.stderr).error.code, 'replay_failed');
  await writeFile(file, 'something else');
  const foreign = await bourse(config, ['replay', '--import', file, '--json']);
  t.is(JSON.parse(foreign.stderr).error.code, 'invalid_log_file');
});
