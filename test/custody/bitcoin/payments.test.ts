/**
 * Against a real node: bcoin on a regtest chain of its own (regtest/README.md). Every payment that is mined here was checked by it:
 * scripts, signatures, amounts, and that no coin is spent twice. Which transaction may take another's place in the memory pool (BIP-125)
 * is decided by regtest/core-calls.ts; bcoin has no such rule.
 */
import { hex } from '@scure/base';
import { Transaction } from '@scure/btc-signer';
import test, { type ExecutionContext } from 'ava';
import {
  type Chain,
  ChainUnavailable,
  type PaymentPlan,
  PaymentRefused,
} from '../../../src/custody/chain.ts';
import { CONFIRMATIONS, deposit, OUTSIDE, paid, planned, walletOn } from './regtest/exchange-wallet.ts';
import { RegtestNode } from './regtest/regtest-node.ts';

async function setUp(t: ExecutionContext, deposits: readonly [index: number, sats: bigint][] = []) {
  const node = await RegtestNode.start();
  t.teardown(() => node.stop());
  const chain = await walletOn(node);
  if (deposits.length > 0) await deposit(node, chain, deposits);
  return { node, chain };
}

const DEPOSITS: readonly [number, bigint][] = [
  [1, 300_000n],
  [2, 500_000n],
  [3, 40_000n],
];
const ALL = 840_000n;

function order(amountMinor: bigint, address = OUTSIDE) {
  return { asset: 'BTC', address, amountMinor };
}

async function balanceOf(chain: Chain) {
  return (await chain.balances([0, 1, 2, 3])).get('BTC');
}

test('a payment delivers exactly its amount, gives the change back and costs what the plan said', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const { plan, signed } = await paid(t, chain, 600_000n);
  t.deepEqual(chain.outputsOf(plan), [order(600_000n)]);
  t.is(plan.slots.length, 2, 'the largest coins, and no more than needed');
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'pending' });

  await node.mine();
  const outputs = await Promise.all([0, 1].map((output) => node.coinsAt(signed.txId, output)));
  const change = 800_000n - 600_000n - plan.networkFeeMinor;
  t.deepEqual(outputs.sort(), [change, 600_000n]);
  const virtualBytes = Transaction.fromRaw(hex.decode(signed.raw)).vsize;
  t.true(
    plan.networkFeeMinor >= 2n * BigInt(virtualBytes),
    'the floor of two satoshis a virtual byte is paid',
  );
  t.true(plan.networkFeeMinor <= 2n * BigInt(virtualBytes + 4), 'and hardly more');
  t.is(await balanceOf(chain), ALL - 600_000n - plan.networkFeeMinor);
  t.like(await chain.blockAt(node.height, (address) => address.startsWith('bcrt1qcr8te4kr609gcaw')), {
    transfers: [],
  });

  const mined = {
    type: 'mined',
    height: node.height,
    succeeded: true,
    networkFeeMinor: plan.networkFeeMinor,
  };
  t.deepEqual(await chain.statusOf(signed.txId), { ...mined, confirmations: 1 } as never);
  await node.mine(CONFIRMATIONS - 1);
  t.deepEqual(await chain.statusOf(signed.txId), { ...mined, confirmations: CONFIRMATIONS } as never);
  const restarted = await walletOn(node);
  t.deepEqual(
    await restarted.statusOf(signed.txId),
    { ...mined, confirmations: CONFIRMATIONS } as never,
    'whoever starts anew finds it in the blocks',
  );
  t.is(await balanceOf(restarted), ALL - 600_000n - plan.networkFeeMinor);
});

test('the same question gets the same plan, and the same plan the same bytes, from any process', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const other = await walletOn(node);
  const plans = [
    await planned(t, chain, 100_000n),
    await planned(t, chain, 100_000n),
    await planned(t, other, 100_000n),
  ];
  t.deepEqual(plans[1], plans[0]);
  t.deepEqual(plans[2], plans[0]);
  t.deepEqual(await other.sign(plans[0]!), await chain.sign(plans[0]!));
});

test('what is sent twice, mined or not, is paid once', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const { plan, signed } = await paid(t, chain, 100_000n);
  await chain.broadcast(signed);
  await node.mine();
  await chain.broadcast(signed);
  t.false(node.isInMemoryPool(signed.txId));

  t.is(await balanceOf(chain), ALL - 100_000n - plan.networkFeeMinor);
});

test('a payment whose outputs are all spent again is no stranger: sent once more, it is not refused', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const among = await chain.plan(order(100_000n, await chain.addressOf(3)), new Set());
  const signed = await chain.sign((among as Extract<typeof among, { ok: true }>).value);
  await chain.broadcast(signed);
  await node.mine(CONFIRMATIONS);
  const everything = await paid(t, chain, 838_000n);
  t.is(everything.plan.slots.filter((slot) => slot.includes(signed.txId)).length, 2);
  await node.mine(CONFIRMATIONS);
  t.is(await node.coinsAt(signed.txId, 0), undefined);
  t.is(await node.coinsAt(signed.txId, 1), undefined);
  await t.notThrowsAsync(chain.broadcast(signed));
  await t.notThrowsAsync((await walletOn(node)).broadcast(signed));
  t.like(await (await walletOn(node)).statusOf(signed.txId), {
    type: 'mined',
    confirmations: 2 * CONFIRMATIONS,
  });
});

test('coins that are taken are left alone, until too little is left', async (t) => {
  const { chain } = await setUp(t, DEPOSITS);
  const taken = new Set<string>();
  for (let payment = 0; payment < 3; payment += 1) {
    const plan = await planned(t, chain, 20_000n, { taken });
    t.deepEqual(
      plan.slots.filter((slot) => taken.has(slot)),
      [],
    );
    t.regex(plan.slots[0]!, /^input:[0-9a-f]{64}:\d+$/);
    for (const slot of plan.slots) taken.add(slot);
  }
  t.like(await chain.plan(order(20_000n), taken), { ok: false, refusal: { code: 'custody_short' } });
  t.like(await chain.plan(order(ALL), new Set()), { ok: false, refusal: { code: 'custody_short' } });
});

test('only coins that can’t be taken back are paid from, and none that something else spends', async (t) => {
  const { node, chain } = await setUp(t);
  await node.pay([{ address: await chain.addressOf(1), sats: 100_000n }]);
  for (let depth = 0; depth < CONFIRMATIONS; depth += 1) {
    t.like(await chain.plan(order(50_000n), new Set()), { ok: false, refusal: { code: 'custody_short' } });
    await node.mine();
  }
  const plan = await planned(t, chain, 50_000n);

  // Somebody has the same words, or the database was set back: what is in the memory pool is seen.
  await chain.broadcast(await chain.sign(plan));
  const elsewhere = await walletOn(node);
  t.like(await elsewhere.plan(order(40_000n), new Set()), { ok: false, refusal: { code: 'custody_short' } });

  // Change of our own may be paid from in the next block.
  await node.mine();
  const next = await planned(t, chain, 10_000n);
  t.true(next.slots[0]!.startsWith(`input:${(await chain.sign(plan)).txId}:`));
});

test('a replacement spends the same coins, pays the same and costs as much more as it has to', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const { plan, signed } = await paid(t, chain, 600_000n);
  const dearer = await planned(t, chain, 600_000n, { replaces: plan });
  t.deepEqual(new Set(dearer.slots), new Set(plan.slots));
  t.deepEqual(chain.outputsOf(dearer), chain.outputsOf(plan));
  const replacement = await chain.sign(dearer);
  const virtualBytes = BigInt(Transaction.fromRaw(hex.decode(replacement.raw)).vsize);
  t.true(dearer.networkFeeMinor >= plan.networkFeeMinor + virtualBytes);
  t.true(dearer.networkFeeMinor <= plan.networkFeeMinor + 3n * virtualBytes);

  await chain.broadcast(replacement);
  t.true(node.isInMemoryPool(replacement.txId));
  t.false(node.isInMemoryPool(signed.txId));
  // The first one again: it waits no longer, and nothing is wrong.
  await chain.broadcast(signed);
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'unknown' });

  const dearest = await planned(t, chain, 600_000n, { replaces: dearer });
  t.true(dearest.networkFeeMinor > dearer.networkFeeMinor);
  await node.mine();
  t.like(await chain.statusOf(replacement.txId), { type: 'mined', networkFeeMinor: dearer.networkFeeMinor });
  t.is(await balanceOf(chain), ALL - 600_000n - dearer.networkFeeMinor);
});

test('a miner may take the replaced one all the same: the other is refused when that is final', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const { plan, signed } = await paid(t, chain, 600_000n);
  const replacement = await chain.sign(await planned(t, chain, 600_000n, { replaces: plan }));
  await chain.broadcast(replacement);
  await node.mineOnly([signed.raw]);
  t.like(await chain.statusOf(signed.txId), { type: 'mined' });
  await chain.broadcast(replacement);
  t.deepEqual(await chain.statusOf(replacement.txId), { type: 'unknown' });
  await node.mine(CONFIRMATIONS - 1);
  await t.throwsAsync(chain.broadcast(replacement), { instanceOf: PaymentRefused });
  await t.throwsAsync((await walletOn(node)).broadcast(replacement), { instanceOf: PaymentRefused });
  // Too few blocks can be read to say who has the coins: nothing is said.
  await node.mine(5);
  await t.throwsAsync((await walletOn(node, { lookbackBlocks: 3 })).broadcast(replacement), {
    instanceOf: ChainUnavailable,
  });
});

test('a replacement ends where the change or the highest fee rate ends', async (t) => {
  const { node, chain } = await setUp(t, [[1, 100_000n]]);
  const tight = await planned(t, chain, 99_300n);
  t.is(tight.networkFeeMinor, 700n, 'change that is not worth an output is left to the miner');
  t.deepEqual(chain.outputsOf(tight), [order(99_300n)]);
  t.is(Transaction.fromPSBT(hex.decode(tight.unsigned)).outputsLength, 1);
  t.like(await chain.plan(order(99_300n), new Set(), tight), {
    ok: false,
    refusal: { code: 'custody_short' },
  });

  const frugal = await walletOn(node, { capSatsPerVbyte: 3n });
  const plan = await planned(t, frugal, 50_000n);
  t.like(await frugal.plan(order(50_000n), new Set(), plan), {
    ok: false,
    refusal: { code: 'custody_short' },
  });
});

test('a payment of a reorganised block waits again and is mined again', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const { plan, signed } = await paid(t, chain, 600_000n);
  await node.mine(2);
  t.like(await chain.statusOf(signed.txId), { type: 'mined', confirmations: 2 });
  await node.reorganizeAbove(node.height - 2);
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'pending' });
  t.is(await balanceOf(chain), ALL);

  node.forget(signed.txId);
  t.deepEqual(await chain.statusOf(signed.txId), { type: 'unknown' });
  await chain.broadcast(signed);
  await node.mine();
  t.like(await chain.statusOf(signed.txId), { type: 'mined', confirmations: 1 });
  t.is(await balanceOf(chain), ALL - 600_000n - plan.networkFeeMinor);
});

test('what must not be paid is refused before it is planned', async (t) => {
  const { chain } = await setUp(t, DEPOSITS);
  const refusals: [Parameters<Chain['plan']>[0], string][] = [
    [order(100_000n, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'), 'invalid_address'],
    [order(100_000n, 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx'), 'invalid_address'],
    [order(100_000n, await chain.addressOf(0)), 'invalid_address'],
    [order(293n), 'withdrawal_too_small'],
  ];
  for (const [wanted, code] of refusals) {
    t.like(
      await chain.plan(wanted, new Set()),
      { ok: false, refusal: { code } },
      JSON.stringify(wanted.address),
    );
  }
  t.true((await chain.plan(order(294n), new Set())).ok);
  t.true((await chain.plan(order(100_000n, await chain.addressOf(2)), new Set())).ok);
});

test('every kind of address can be paid to', async (t) => {
  const { node, chain } = await setUp(t, [[1, 5_000_000n]]);
  const addresses = [
    'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
    '2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc',
    'bcrt1q5n2k3frgpxces3dsw4qfpqk4kksv0cz96pldxdwxrrw0d5ud5hcqzzx7zt',
    'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6',
  ];
  for (const address of addresses) {
    t.deepEqual(chain.parseAddress(address), { ok: true, value: address });
    const plan = await chain.plan(order(100_000n, address), new Set());
    const { value } = plan as Extract<typeof plan, { ok: true }>;
    t.deepEqual(chain.outputsOf(value), [order(100_000n, address)]);
    const signed = await chain.sign(value);
    await chain.broadcast(signed);
    await node.mine();
    t.like(await chain.statusOf(signed.txId), { type: 'mined' });
    const quoted = await chain.quoteFee(order(100_000n, address));
    t.true(quoted >= value.networkFeeMinor, `${address}: ${quoted} for ${value.networkFeeMinor}`);
  }
});

test('a plan that was changed pays visibly to somebody else, or isn’t signed', async (t) => {
  const { chain } = await setUp(t, DEPOSITS);
  const plan = await planned(t, chain, 100_000n);
  const thief = 'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6';
  const stolen = (await chain.plan(order(100_000n, thief), new Set())) as { ok: true; value: PaymentPlan };
  t.deepEqual(chain.outputsOf({ ...plan, unsigned: stolen.value.unsigned }), [order(100_000n, thief)]);

  const elsewhere = Transaction.fromPSBT(hex.decode(plan.unsigned));
  elsewhere.updateInput(0, {
    witnessUtxo: { script: hex.decode('0014751e76e8199196d454941c45d1b3a323f1433bd6'), amount: 500_000n },
  });
  const foreign = { ...plan, unsigned: hex.encode(elsewhere.toPSBT(0)) };
  await t.throwsAsync(chain.sign(foreign), { message: /under the address/ });
});

test('the fee follows what the node expects, between the floor and the cap', async (t) => {
  const { node, chain } = await setUp(t, DEPOSITS);
  const rates: [expected: number | undefined, satsPerVbyte: bigint][] = [
    [undefined, 2n],
    [0.00000999, 2n],
    [0.00012345, 13n],
    [0.5, 100n],
  ];
  for (const [expected, satsPerVbyte] of rates) {
    node.expectedFeeRate = expected;
    const plan = await planned(t, chain, 100_000n);
    t.is(plan.networkFeeMinor % satsPerVbyte, 0n);
    const { raw } = await chain.sign(plan);
    const virtualBytes = BigInt(Transaction.fromRaw(hex.decode(raw)).vsize);
    t.true(plan.networkFeeMinor >= satsPerVbyte * virtualBytes);
    t.true(plan.networkFeeMinor <= satsPerVbyte * (virtualBytes + 2n));
  }
});

test('what breaks the rules of the chain is refused for good, and what came through garbled as well', async (t) => {
  const { chain } = await setUp(t, DEPOSITS);
  const signed = await chain.sign(await planned(t, chain, 100_000n));
  // The last byte before the lock time belongs to the public key.
  const at = signed.raw.length - 10;
  const forged = signed.raw.slice(0, at) + (signed.raw[at] === '0' ? '1' : '0') + signed.raw.slice(at + 1);
  await t.throwsAsync(chain.broadcast({ ...signed, raw: forged }), { instanceOf: PaymentRefused });
  await t.throwsAsync(chain.broadcast({ ...signed, raw: signed.raw.slice(0, 80) }), {
    instanceOf: PaymentRefused,
  });
  await t.notThrowsAsync(chain.broadcast(signed));
});
