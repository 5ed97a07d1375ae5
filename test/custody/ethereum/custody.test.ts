/** All of custody over Ethereum: an exchange on PostgreSQL, and a real EVM with a chain of its own. */
import test, { type ExecutionContext } from 'ava';
import { sql } from 'slonik';
import { z } from 'zod';
import type { CustodyOptions } from '../../../src/custody/start-custody.ts';
import { startCustodyOn, until } from '../../support/custody.ts';
import { mustBeOk, startTestExchange, type TestExchange } from '../../support/exchange.ts';
import { USD_POLICY, withdrawalOf } from '../../support/withdrawals.ts';
import { type EvmNode, startEvmNode, type TestToken } from './evm-node.ts';
import { chainOn, ETHER, tether } from './exchange-wallet.ts';

const OUTSIDE = '0x4444444444444444444444444444444444444444';
const CONFIRMATIONS = 3;

async function setUp(t: ExecutionContext) {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const started = await startTestExchange(t);
  mustBeOk(await started.exchange.createAsset({ symbol: 'USDT', name: 'Tether', scale: 8 }));
  mustBeOk(await started.exchange.withdrawals.setPolicy(USD_POLICY));
  return { evm, token, started, alice: await started.account({}) };
}

async function custodyOn(
  t: ExecutionContext,
  evm: EvmNode,
  token: TestToken,
  started: TestExchange,
  change: Partial<CustodyOptions> = {},
) {
  const chain = await chainOn(t, evm, [tether(token.address)], { limits: { sweepEveryBlocks: 1 } });
  return { ...(await startCustodyOn(t, started, chain, change)), chain };
}

async function withdraw(
  { exchange }: TestExchange,
  accountId: number,
  asset: string,
  amount: string,
): Promise<number> {
  const order = { asset, network: 'ethereum', address: OUTSIDE, amount, fee: '0.5', unitValue: '1' };
  let requested = await exchange.withdrawals.request(withdrawalOf(accountId, order));
  // The ledger has a deposit a moment before its account may spend it.
  await until(async () => {
    if (requested.ok || requested.refusal.code !== 'insufficient_funds') return true;
    requested = await exchange.withdrawals.request(withdrawalOf(accountId, order));
    return false;
  });
  const { withdrawal } = mustBeOk(requested);
  mustBeOk(await exchange.withdrawals.confirm(withdrawal.withdrawalNo, 0));
  return withdrawal.withdrawalNo;
}

async function statusOf({ pool }: TestExchange, withdrawalNo: number): Promise<string> {
  const row = z.strictObject({ status: z.string() });
  return pool.oneFirst(sql.type(row)`select status from withdrawals where withdrawal_no = ${withdrawalNo}`);
}

async function sentPayments({ pool }: TestExchange, withdrawalNo: number) {
  const row = z.strictObject({ txId: z.string(), slots: z.string() });
  return pool.any(sql.type(row)`
    select tx_id as "txId", array_to_string(slots, ' ') as slots from payments
    where withdrawal_no = ${withdrawalNo} and sent_at_ms is not null order by planned_at_ms`);
}

/** Makes blocks until it is so. */
async function mineUntil(evm: EvmNode, holds: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    if (await holds()) return true;
    await evm.mine();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  });
}

test('ether and tokens come in, are swept and go out once, and custody agrees with the ledger', async (t) => {
  const { evm, token, started, alice } = await setUp(t);
  const first = await custodyOn(t, evm, token, started);
  const hot = await first.chain.addressOf(0);
  const addressOf = async (asset: string) =>
    mustBeOk(await first.custody.depositAddress(alice, asset)).address;
  const [etherAddress, tokenAddress] = [await addressOf('ETH'), await addressOf('USDT')];
  t.is(new Set([hot, etherAddress, tokenAddress]).size, 3);
  await evm.send({ to: hot, value: ETHER });
  // The deposit is in a block that another takes the place of, and comes again after it.
  const snapshot = await evm.rpc('evm_snapshot');
  await token.mint(tokenAddress, 70_000_000n);
  await until(async () => (await first.chain.tipHeight()) === first.custody.depth('ethereum')!.tipHeight);
  await evm.rpc('evm_revert', snapshot);
  await evm.rpc('evm_increaseTime', 60);
  await evm.mine();
  await token.mint(tokenAddress, 70_000_000n);
  await evm.send({ to: etherAddress, value: 2n * ETHER });
  await mineUntil(evm, async () => (await started.wallet(alice, 'ETH')) === `${2n * ETHER}/0`);
  t.is(await started.wallet(alice, 'USDT'), '7000000000/0');
  await mineUntil(evm, async () => (await token.balanceOf(hot)) === 70_000_000n);

  const withdrawalNo = await withdraw(started, alice, 'USDT', '25.5');
  await until(async () => (await statusOf(started, withdrawalNo)) === 'broadcast');
  await first.stop();
  await evm.mine(CONFIRMATIONS);
  const again = await custodyOn(t, evm, token, started);
  await until(async () => (await statusOf(started, withdrawalNo)) === 'confirmed');

  t.is(await token.balanceOf(OUTSIDE), 25_500_000n);
  t.is((await sentPayments(started, withdrawalNo)).length, 1);
  t.is(await started.wallet(alice, 'USDT'), '4400000000/0');
  await mineUntil(evm, async () => {
    const { assets } = await again.custody.reconcile();
    return assets.every(({ difference, leaving }) => Number(difference) === 0 && Number(leaving) === 0);
  });
  t.true((await again.custody.reconcile()).ok);
  const house = BigInt((await started.wallet(4, 'ETH')).split('/')[0]!);
  t.true(house > 0n && house < ETHER, 'the house has paid for gas, and what it swept is not its own');
  t.deepEqual([...first.errors, ...again.errors], []);
});

test('a payment that no block takes is replaced by a dearer one, and paid once', async (t) => {
  const { evm, token, started, alice } = await setUp(t);
  const { custody, chain, errors } = await custodyOn(t, evm, token, started, { replaceAfterMs: 300 });
  const { address } = mustBeOk(await custody.depositAddress(alice, 'ETH'));
  await evm.send({ to: await chain.addressOf(0), value: 5n * ETHER });
  await evm.send({ to: address, value: ETHER });
  await mineUntil(evm, async () => (await started.wallet(alice, 'ETH')) === `${ETHER}/0`);
  await evm.automine(false);

  const withdrawalNo = await withdraw(started, alice, 'ETH', '0.25');
  await until(async () => (await sentPayments(started, withdrawalNo)).length >= 3);
  await mineUntil(evm, async () => (await statusOf(started, withdrawalNo)) === 'confirmed');

  const attempts = await sentPayments(started, withdrawalNo);
  t.is(new Set(attempts.map(({ slots }) => slots)).size, 1);
  const states = await Promise.all(attempts.map(({ txId }) => chain.statusOf(txId)));
  t.is(states.filter(({ type }) => type === 'mined').length, 1);
  t.is(BigInt(await evm.rpc<string>('eth_getBalance', OUTSIDE, 'latest')), ETHER / 4n);
  t.is(await started.wallet(alice, 'ETH'), `${ETHER / 4n}/0`);
  t.deepEqual(errors, []);
});
