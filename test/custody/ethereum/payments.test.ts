import test from 'ava';
import { parseTransaction } from 'viem';
import type { PaymentPlan } from '../../../src/custody/chain.ts';
import { deploymentOf, PAYEE, startEvmNode } from './evm-node.ts';
import { accepted, chainOn, ETHER, mined, NOTHING_TAKEN, pay, send, tether } from './exchange-wallet.ts';

const GWEI = 10n ** 9n;

function transactionOf({ unsigned }: PaymentPlan) {
  return parseTransaction(unsigned.split(':')[1] as `0x02${string}`);
}

test('ether and tokens are paid exactly, for what the network said that they cost', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const hot = await chain.addressOf(0);
  await evm.send({ to: hot, value: ETHER });
  await token.mint(hot, 100_000_000n);
  const ether = { asset: 'ETH', address: '0x00000000000000000000000000000000DeaDBeef', amountMinor: 123n };
  const tokens = { asset: 'USDT', address: ether.address, amountMinor: 4_200_000_100n };

  const first = await pay(t, chain, ether);
  const second = await pay(t, chain, tokens);

  t.deepEqual(chain.outputsOf(first.plan), [ether]);
  t.deepEqual(chain.outputsOf(second.plan), [tokens]);
  t.deepEqual(first.plan.slots, [`nonce:${hot}:0`]);
  t.deepEqual(second.plan.slots, [`nonce:${hot}:1`]);
  t.is(BigInt(await evm.rpc<string>('eth_getBalance', ether.address, 'latest')), 123n);
  t.is(await token.balanceOf(ether.address), 42_000_001n);
  const [one, two] = [await mined(chain, first.txId), await mined(chain, second.txId)];
  t.true(one.succeeded && two.succeeded);
  t.deepEqual([one.confirmations, two.confirmations], [2, 1]);
  t.true(one.networkFeeMinor > 0n && one.networkFeeMinor <= first.plan.networkFeeMinor);
  const left = await chain.balances([0]);
  t.is(left.get('ETH'), ETHER - 123n - one.networkFeeMinor - two.networkFeeMinor);
  t.is(left.get('USDT'), 10_000_000_000n - 4_200_000_100n);
  const quote = await chain.quoteFee(tokens);
  t.true(quote > two.networkFeeMinor / 4n && quote < two.networkFeeMinor * 8n);
});

test('the same plan is the same transaction, and sent again and again it pays once', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  await evm.send({ to: await chain.addressOf(0), value: ETHER });
  await evm.automine(false);
  const payee = '0x2222222222222222222222222222222222222222';
  const plan = accepted(
    t,
    await chain.plan({ asset: 'ETH', address: payee, amountMinor: 5n }, NOTHING_TAKEN),
  );
  const [signed, again] = [await chain.sign(plan), await chain.sign(plan)];
  t.deepEqual(signed, again);
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'unknown' });
  await chain.broadcast(signed);
  await chain.broadcast(signed);
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'pending' });
  await evm.mine();
  await chain.broadcast(signed);
  await evm.mine(2);
  await chain.broadcast(signed);
  t.is(BigInt(await evm.rpc<string>('eth_getBalance', payee, 'latest')), 5n);
  t.is((await mined(chain, signed.txId)).confirmations, 3);
});

test('a payment that waits is replaced by a dearer one, and only one of them is taken in', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  await evm.send({ to: await chain.addressOf(0), value: ETHER });
  await evm.automine(false);
  const order = {
    asset: 'ETH',
    address: '0x3333333333333333333333333333333333333333',
    // More than half of it: the wallet is not too empty for the second, since only one can be paid.
    amountMinor: (6n * ETHER) / 10n,
  };
  const first = await pay(t, chain, order);
  const taken = new Set(first.plan.slots);
  const dearer = accepted(t, await chain.plan(order, taken, first.plan));
  const [before, after] = [transactionOf(first.plan), transactionOf(dearer)];
  t.deepEqual(dearer.slots, first.plan.slots);
  t.deepEqual(chain.outputsOf(dearer), [order]);
  t.true(after.maxFeePerGas! * 1000n >= before.maxFeePerGas! * 1125n);
  t.true(after.maxPriorityFeePerGas! * 1000n >= before.maxPriorityFeePerGas! * 1125n);
  const txId = await send(chain, dearer);
  t.not(txId, first.txId);
  await evm.mine(3);
  t.deepEqual(await chain.statusOf(first.txId), { type: 'unknown' });
  t.is((await mined(chain, txId)).confirmations, 3);
  t.is(BigInt(await evm.rpc<string>('eth_getBalance', order.address, 'latest')), order.amountMinor);
  // The nonce is used: the first will never be taken, and is known to be so.
  await t.throwsAsync(send(chain, first.plan), { name: 'PaymentRefused', message: /nonce 0/ });
  await t.throwsAsync(chain.plan({ ...order, amountMinor: 1n }, taken, first.plan), { message: /same/ });
});

test('a nonce that is free again is used first, and what waits behind it follows', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  const hot = await chain.addressOf(0);
  await evm.send({ to: hot, value: ETHER });
  await evm.automine(false);
  const order = { asset: 'ETH', address: PAYEE, amountMinor: 7n };
  const abandoned = accepted(t, await chain.plan(order, NOTHING_TAKEN));
  const second = await pay(t, chain, order, new Set(abandoned.slots));
  t.deepEqual(second.plan.slots, [`nonce:${hot}:1`]);
  await evm.mine();
  t.deepEqual(await chain.statusOf(second.txId), { type: 'pending' });
  const third = await pay(t, chain, order, new Set(second.plan.slots));
  t.deepEqual(third.plan.slots, abandoned.slots);
  await evm.mine();
  t.true((await mined(chain, third.txId)).succeeded);
  t.true((await mined(chain, second.txId)).succeeded);
});

test('a gap that no payment fills is filled by the hot wallet itself', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  const hot = await chain.addressOf(0);
  await evm.send({ to: hot, value: ETHER });
  await evm.automine(false);
  const order = { asset: 'ETH', address: PAYEE, amountMinor: 7n };
  const waiting = await pay(t, chain, order, new Set([`nonce:${hot}:0`]));
  const [filler, ...others] = await chain.consolidate([0], new Set(waiting.plan.slots));
  t.deepEqual(others, []);
  t.deepEqual(filler!.slots, [`nonce:${hot}:0`]);
  t.deepEqual(chain.outputsOf(filler!), [{ asset: 'ETH', address: hot, amountMinor: 0n }]);
  await send(chain, filler!);
  await evm.mine();
  t.true((await mined(chain, waiting.txId)).succeeded);
});

test('a token that reverts, or moves nothing and says nothing, is a payment that did not succeed', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  // Whatever it is asked, it answers 6: decimals, balances, and that a transfer was made.
  const liar = await evm.deploy(deploymentOf('600660005260206000f3'));
  const lying = { asset: 'LIE', contract: liar, decimals: 6, scale: 6 };
  const chain = await chainOn(t, evm, [tether(token.address), lying]);
  const hot = await chain.addressOf(0);
  await evm.send({ to: hot, value: ETHER });
  await token.mint(hot, 100_000_000n);
  await evm.automine(false);
  const first = await pay(t, chain, { asset: 'USDT', address: PAYEE, amountMinor: 100n });
  const pause = await token.pause();
  await evm.mine();
  t.true(await isBefore(evm, pause, first.txId), 'the contract was stopped first');
  const second = await pay(t, chain, { asset: 'LIE', address: PAYEE, amountMinor: 5n });
  await evm.mine();

  const [reverted, lied] = [await mined(chain, first.txId), await mined(chain, second.txId)];

  t.false(reverted.succeeded);
  t.true(reverted.networkFeeMinor > 0n);
  t.false(lied.succeeded);
  t.is(await token.balanceOf(PAYEE), 0n);
  // Now that it is known beforehand it isn't even planned.
  const refused = await chain.plan({ asset: 'USDT', address: PAYEE, amountMinor: 100n }, NOTHING_TAKEN);
  t.is(!refused.ok && refused.refusal.code, 'withdrawals_disabled');
});

async function isBefore(
  evm: { rpc<Answer>(method: string, ...params: unknown[]): Promise<Answer> },
  ...hashes: [string, string]
): Promise<boolean> {
  const [one, other] = await Promise.all(
    hashes.map((hash) => evm.rpc<{ transactionIndex: string }>('eth_getTransactionReceipt', hash)),
  );
  return Number(one!.transactionIndex) < Number(other!.transactionIndex);
}

test('ether that its receiver throws back is a payment that did not succeed', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  await evm.send({ to: await chain.addressOf(0), value: ETHER });
  await evm.automine(false);
  const address = '0x5555555555555555555555555555555555555555';
  const { txId } = await pay(t, chain, { asset: 'ETH', address, amountMinor: 9n });
  await evm.rpc('hardhat_setCode', address, '0x60006000fd');
  await evm.mine();
  const status = await mined(chain, txId);
  t.false(status.succeeded);
  t.is((await chain.balances([0])).get('ETH'), ETHER - status.networkFeeMinor);
});

test('more than there is, or than is promised to others, is not planned', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const hot = await chain.addressOf(0);
  const code = async (asset: string, amountMinor: bigint, taken = NOTHING_TAKEN) => {
    const plan = await chain.plan({ asset, address: PAYEE, amountMinor }, taken);
    return plan.ok ? 'planned' : plan.refusal.code;
  };
  t.is(await code('ETH', 1n), 'custody_short');
  await token.mint(hot, 100n);
  t.is(await code('USDT', 100n), 'custody_short', 'there is no ether for the gas');
  await evm.send({ to: hot, value: ETHER });
  t.is(await code('ETH', ETHER), 'custody_short', 'nothing is left for the gas');
  t.is(await code('USDT', 10_100n), 'custody_short');
  t.is(await code('USDT', 150n), 'too_many_decimals');
  // Planned, and not sent: the next one may have what is left.
  const plan = accepted(
    t,
    await chain.plan({ asset: 'USDT', address: PAYEE, amountMinor: 6_000n }, NOTHING_TAKEN),
  );
  t.is(await code('USDT', 6_000n, new Set(plan.slots)), 'custody_short');
  t.is(await code('USDT', 4_000n, new Set(plan.slots)), 'planned');
  t.is(await code('USDT', 6_000n), 'planned', 'it was given up');
  // Sent, and not taken in: another process, that planned nothing, sees it in the pool.
  await evm.automine(false);
  await send(chain, plan);
  const another = await chainOn(t, evm, [tether(token.address)]);
  const second = await another.plan(
    { asset: 'USDT', address: PAYEE, amountMinor: 6_000n },
    new Set(plan.slots),
  );
  t.is(!second.ok && second.refusal.code, 'custody_short');
});

test('contracts that take no ether, or burn gas that the house pays, are refused', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm);
  await evm.send({ to: await chain.addressOf(0), value: ETHER });
  const reverting = await evm.deploy(deploymentOf('60006000fd'));
  // Twelve new entries in its storage, at 22,100 of gas each.
  const storing = Array.from({ length: 12 }, (_, slot) => `600160${slot.toString(16).padStart(2, '0')}55`);
  const burning = await evm.deploy(deploymentOf(storing.join('')));
  for (const address of [reverting, burning]) {
    const plan = await chain.plan({ asset: 'ETH', address, amountMinor: 1n }, NOTHING_TAKEN);
    t.is(!plan.ok && plan.refusal.code, 'invalid_address');
  }
});

test('gas above the limit is not paid for: the bid stops there, and nothing is replaced above it', async (t) => {
  const evm = await startEvmNode(t);
  const chain = await chainOn(t, evm, [], { limits: { maxFeePerGas: 2n * GWEI } });
  await evm.send({ to: await chain.addressOf(0), value: ETHER });
  await evm.automine(false);
  const order = { asset: 'ETH', address: PAYEE, amountMinor: 7n };
  const first = await pay(t, chain, order);
  const { gas, maxFeePerGas } = transactionOf(first.plan);
  t.is(maxFeePerGas, 2n * GWEI);
  t.is(first.plan.networkFeeMinor, gas! * 2n * GWEI);
  const dearer = await chain.plan(order, new Set(first.plan.slots), first.plan);
  t.is(!dearer.ok && dearer.refusal.code, 'withdrawals_disabled');
});
