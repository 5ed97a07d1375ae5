/**
 * Against a real node: bcoin on a regtest chain of its own (regtest/README.md), which checks blocks, scripts and signatures by the rules
 * of the network. What it lacks of Bitcoin Core's calls is in regtest/core-calls.ts.
 */
import test, { type ExecutionContext } from 'ava';
import { type Chain, type ChainTransfer, ChainUnavailable } from '../../../src/custody/chain.ts';
import { CONFIRMATIONS, deposit, OUTSIDE, walletOn } from './regtest/exchange-wallet.ts';
import { RegtestNode } from './regtest/regtest-node.ts';

async function setUp(t: ExecutionContext) {
  const node = await RegtestNode.start();
  t.teardown(() => node.stop());
  return { node, chain: await walletOn(node) };
}

async function addressesOf(chain: Chain, indices: readonly number[]) {
  const addresses = new Set(await Promise.all(indices.map((index) => chain.addressOf(index))));
  return (address: string) => addresses.has(address);
}

async function transfersBetween(
  chain: Chain,
  from: number,
  to: number,
  isOurs: (address: string) => boolean,
) {
  const transfers: (ChainTransfer & { height: number })[] = [];
  for (let height = from; height <= to; height += 1) {
    const block = await chain.blockAt(height, isOurs);
    transfers.push(...block!.transfers.map((transfer) => ({ ...transfer, height })));
  }
  return transfers;
}

test('each output to an address of ours is a transfer of its own, found in one block', async (t) => {
  const { node, chain } = await setUp(t);
  const isOurs = await addressesOf(chain, [0, 1, 2]);
  const before = node.height;
  const [one, two] = [await chain.addressOf(1), await chain.addressOf(2)];
  const txId = await node.pay([
    { address: one, sats: 150_000n },
    { address: OUTSIDE, sats: 70_000n },
    { address: two, sats: 1n + 2n ** 31n },
    { address: one, sats: 25_000n },
  ]);
  await node.mine(2);

  const amounts = { txId, asset: 'BTC', height: before + 1 };
  t.deepEqual(await transfersBetween(chain, 1, await chain.tipHeight(), isOurs), [
    { ...amounts, outputIndex: 0, address: one, amountMinor: 150_000n },
    { ...amounts, outputIndex: 2, address: two, amountMinor: 1n + 2n ** 31n },
    { ...amounts, outputIndex: 3, address: one, amountMinor: 25_000n },
  ]);
  t.is(await chain.blockAt(node.height + 1, isOurs), undefined);
});

test('blocks name their parents, and have other names after a reorganisation', async (t) => {
  const { node, chain } = await setUp(t);
  const isOurs = await addressesOf(chain, [1]);
  const fork = node.height;
  await deposit(node, chain, [[1, 90_000n]]);
  const before = [await chain.blockAt(fork, isOurs), await chain.blockAt(fork + 1, isOurs)];
  t.is(before[1]!.parentHash, before[0]!.hash);
  t.is(before[1]!.transfers.length, 1);
  t.deepEqual(await chain.balances([1]), new Map([['BTC', 90_000n]]));

  await node.reorganizeAbove(fork);
  const after = [await chain.blockAt(fork, isOurs), await chain.blockAt(fork + 1, isOurs)];
  t.deepEqual(after[0], before[0]);
  t.not(after[1]!.hash, before[1]!.hash);
  t.is(after[1]!.parentHash, before[0]!.hash);
  t.deepEqual(after[1]!.transfers, []);
  t.deepEqual(await chain.balances([1]), new Map([['BTC', 0n]]));

  // The node has it in its memory pool again and mines it once more: it is there once.
  await node.mine();
  t.deepEqual(await chain.balances([1]), new Map([['BTC', 90_000n]]));
});

test('balances are those of the numbers that are asked for, and the same to whoever starts anew', async (t) => {
  const { node, chain } = await setUp(t);
  await deposit(node, chain, [
    [1, 10_000n],
    [2, 20_000n],
  ]);
  await chain.balances([0]);
  await deposit(node, chain, [
    [0, 40_000n],
    [2, 80_000n],
  ]);
  await node.pay([{ address: await chain.addressOf(1), sats: 999n }]);

  const restarted = await walletOn(node);
  for (const each of [chain, restarted]) {
    t.deepEqual(await each.balances([1]), new Map([['BTC', 10_000n]]), 'what is not mined is left out');
    t.deepEqual(await each.balances([2]), new Map([['BTC', 100_000n]]));
    t.deepEqual(await each.balances([0, 1, 2, 3]), new Map([['BTC', 150_000n]]));
  }
  t.is(node.callsOf('scantxoutset'), 2, 'one look through all outputs for each start');
});

test('an address beyond those that are watched is found when it is asked for', async (t) => {
  const { node, chain } = await setUp(t);
  t.deepEqual(await chain.balances([1]), new Map([['BTC', 0n]]));
  const far = 300;
  await deposit(node, await walletOn(node), [[far, 55_000n]]);
  t.deepEqual(await chain.balances([far]), new Map([['BTC', 55_000n]]));

  const told = await walletOn(node, { lastIndex: async () => far });
  const plan = await told.plan({ asset: 'BTC', address: OUTSIDE, amountMinor: 30_000n }, new Set());
  t.true(plan.ok, 'a payment is made out of it without anybody having asked for its balance');
});

test('what a miner pays to us is no deposit and is not counted', async (t) => {
  const { node, chain } = await setUp(t);
  const before = await chain.balances([5]);
  await node.mineTo(await chain.addressOf(5));
  const isOurs = await addressesOf(chain, [5]);
  t.deepEqual((await chain.blockAt(node.height, isOurs))!.transfers, []);
  t.deepEqual(await chain.balances([5]), before);
  t.deepEqual(await (await walletOn(node)).balances([5]), before);
});

test('a ledger with more decimals gets more zeros; with fewer it is refused', async (t) => {
  const { node } = await setUp(t);
  const fine = await walletOn(node, { scale: 10 });
  await deposit(node, fine, [[1, 12_345n]]);
  t.deepEqual(await fine.balances([1]), new Map([['BTC', 1_234_500n]]));
  const plan = await fine.plan({ asset: 'BTC', address: OUTSIDE, amountMinor: 1_000_001n }, new Set());
  t.like(plan, { ok: false, refusal: { code: 'too_many_decimals' } });
  await t.throwsAsync(walletOn(node, { scale: 6 }), { message: /decimals/ });
});

test('a node that is gone, refuses the password or is of another network is told apart', async (t) => {
  const { node, chain } = await setUp(t);
  const stranger = await walletOn(node, { password: 'wrong' });
  await t.throwsAsync(stranger.tipHeight(), { instanceOf: ChainUnavailable });
  const misled = await walletOn(node, { network: 'main' });
  await t.throwsAsync(misled.tipHeight(), { message: /is on regtest, not on main/ });
  await t.throwsAsync((await walletOn(node, { cookieFile: '/nowhere/.cookie' })).tipHeight(), {
    instanceOf: ChainUnavailable,
  });

  await deposit(node, chain, [[1, 500_000n]]);
  const order = { asset: 'BTC', address: OUTSIDE, amountMinor: 100_000n };
  const plan = await chain.plan(order, new Set());
  t.true(plan.ok);
  await node.stop();
  const questions: (() => Promise<unknown>)[] = [
    () => chain.tipHeight(),
    () => chain.blockAt(1, () => true),
    () => chain.balances([1]),
    () => chain.quoteFee(order),
    () => chain.plan(order, new Set()),
    () => chain.statusOf('00'.repeat(32)),
    async () => chain.broadcast(await chain.sign((plan as Extract<typeof plan, { ok: true }>).value)),
  ];
  for (const ask of questions) await t.throwsAsync(ask, { instanceOf: ChainUnavailable });
});

test('a payment can be asked for by a URI of BIP-21', async (t) => {
  const { chain } = await setUp(t);
  t.is(chain.paymentUri('BTC', OUTSIDE), `bitcoin:${OUTSIDE}`);
  t.is(chain.confirmations, CONFIRMATIONS);
});
