/** All of custody over Bitcoin: an exchange on PostgreSQL, and a real node on a regtest chain of its own (regtest/README.md). */
import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import type { BitcoinOptions } from '../../../src/custody/bitcoin/bitcoin-chain.ts';
import type { CustodyOptions } from '../../../src/custody/start-custody.ts';
import { startCustodyOn, until } from '../../support/custody.ts';
import { mustBeOk, startTestExchange, type TestExchange } from '../../support/exchange.ts';
import { USD_POLICY, withdrawalOf } from '../../support/withdrawals.ts';
import { CONFIRMATIONS, OUTSIDE, walletOn } from './regtest/exchange-wallet.ts';
import { RegtestNode } from './regtest/regtest-node.ts';

const NETWORK = 'bitcoin-regtest';

async function setUp(t: ExecutionContext) {
  const node = await RegtestNode.start();
  t.teardown(() => node.stop());
  const started = await startTestExchange(t);
  mustBeOk(await started.exchange.withdrawals.setPolicy(USD_POLICY));
  return { node, started, alice: await started.account({}) };
}

async function custodyOn(
  t: ExecutionContext,
  node: RegtestNode,
  started: TestExchange,
  change: Partial<CustodyOptions> = {},
  bitcoin: Partial<BitcoinOptions> = {},
) {
  return startCustodyOn(t, started, await walletOn(node, bitcoin), change);
}

async function withdraw({ exchange }: TestExchange, accountId: number, amount: string): Promise<number> {
  const { withdrawal } = mustBeOk(
    await exchange.withdrawals.request(
      withdrawalOf(accountId, {
        asset: 'BTC',
        network: NETWORK,
        address: OUTSIDE,
        amount,
        fee: '0.0001',
        unitValue: '100',
      }),
    ),
  );
  mustBeOk(await exchange.withdrawals.confirm(withdrawal.withdrawalNo, 0));
  return withdrawal.withdrawalNo;
}

async function statusOf({ pool }: TestExchange, withdrawalNo: number): Promise<string> {
  const row = z.strictObject({ status: z.string() });
  return pool.oneFirst(sql.type(row)`select status from withdrawals where withdrawal_no = ${withdrawalNo}`);
}

const sentPayment = z.strictObject({ txId: z.string(), slots: z.string(), feeMinor: z.bigint() });

async function sentPayments({ pool }: TestExchange, withdrawalNo: number) {
  return pool.any(sql.type(sentPayment)`
    select tx_id as "txId", array_to_string(slots, ' ') as slots, network_fee_minor as "feeMinor"
    from payments where withdrawal_no = ${withdrawalNo} and sent_at_ms is not null order by planned_at_ms`);
}

test('bitcoins come in once, go out once, and custody agrees with the ledger all the while', async (t) => {
  const { node, started, alice } = await setUp(t);
  const first = await custodyOn(t, node, started);
  const { address, uri } = mustBeOk(await first.custody.depositAddress(alice, 'BTC'));
  t.is(uri, `bitcoin:${address}`);
  await node.pay([
    { address, sats: 60_000_000n },
    { address, sats: 40_000_000n },
  ]);
  await node.mine(CONFIRMATIONS - 1);
  await node.reorganizeAbove(node.height - 1);
  await node.reorganizeAbove(node.height - 3);
  await node.mine(CONFIRMATIONS);
  await until(async () => (await started.wallet(alice, 'BTC')) === '100000000/0');
  await first.custody.reconcile();
  t.like(await first.custody.reconcile(), { ok: true, assets: [{ asset: 'BTC', custody: '1' }] });

  const withdrawalNo = await withdraw(started, alice, '0.7');
  await until(async () => (await statusOf(started, withdrawalNo)) === 'broadcast');
  const [sent] = await sentPayments(started, withdrawalNo);
  await node.mine(1);
  await first.stop();
  const again = await custodyOn(t, node, started);
  await node.mine(CONFIRMATIONS - 1);
  await until(async () => (await statusOf(started, withdrawalNo)) === 'confirmed');

  t.is(await started.wallet(alice, 'BTC'), '29990000/0');
  t.is(
    await started.wallet(4, 'BTC'),
    `${-sent!.feeMinor}/0`,
    'the house pays the network, and change is no deposit',
  );
  await again.custody.reconcile();
  const { assets, ok } = await again.custody.reconcile();
  t.true(ok);
  t.is(assets[0]!.difference, '0');
  t.is((await sentPayments(started, withdrawalNo)).length, 1);
  const outputs = await Promise.all([0, 1].map((output) => node.coinsAt(sent!.txId, output)));
  t.true(outputs.includes(70_000_000n));
  t.deepEqual([...first.errors, ...again.errors], []);
});

test('a payment that nodes forget because others pay more is replaced, and paid once', async (t) => {
  const { node, started, alice } = await setUp(t);
  const { custody } = await custodyOn(t, node, started, { replaceAfterMs: 300 });
  const { address } = mustBeOk(await custody.depositAddress(alice, 'BTC'));
  await node.pay([{ address, sats: 100_000_000n }]);
  await node.mine(CONFIRMATIONS);
  await until(async () => (await started.wallet(alice, 'BTC')) === '100000000/0');

  const withdrawalNo = await withdraw(started, alice, '0.7');
  await until(async () => (await sentPayments(started, withdrawalNo)).length > 0);
  const [cheap] = await sentPayments(started, withdrawalNo);
  node.leastFeeRate = 0.0005;
  node.forget(cheap!.txId);
  let dear: z.output<typeof sentPayment> | undefined;
  await until(async () => {
    dear = (await sentPayments(started, withdrawalNo)).find(({ txId }) => node.isInMemoryPool(txId));
    return dear !== undefined && dear.feeMinor > 50n * 140n;
  });
  t.is(dear!.slots, cheap!.slots);
  await node.mine(CONFIRMATIONS);
  await until(async () => (await statusOf(started, withdrawalNo)) === 'confirmed');
  await node.mine(CONFIRMATIONS);
  t.is(await started.wallet(alice, 'BTC'), '29990000/0');
  await custody.reconcile();
  t.true((await custody.reconcile()).ok);
});
