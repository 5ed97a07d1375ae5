import test, { type ExecutionContext } from 'ava';
import type { Chain } from '../../../src/custody/chain.ts';
import { startEvmNode } from './evm-node.ts';
import { chainOn, ETHER, mined, NOTHING_TAKEN, send, tether } from './exchange-wallet.ts';

const ALL = [0, 1, 2, 3, 4];

/** Sends what is planned until nothing is. @returns what the network took for it */
async function consolidateAll(t: ExecutionContext, chain: Chain): Promise<bigint> {
  let fees = 0n;
  for (let round = 0; round < 10; round += 1) {
    const plans = await chain.consolidate(ALL, NOTHING_TAKEN);
    if (plans.length === 0) return fees;
    const slots = plans.flatMap((plan) => plan.slots);
    t.is(new Set(slots).size, slots.length);
    for (const plan of plans) {
      const status = await mined(chain, await send(chain, plan));
      t.true(status.succeeded);
      fees += status.networkFeeMinor;
    }
  }
  throw new Error('there is always more to consolidate');
}

test('ether and tokens are brought to the hot wallet, which pays for the gas; dust stays', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const [hot, first, second, third, fourth] = await Promise.all(ALL.map((index) => chain.addressOf(index)));
  await evm.send({ to: hot!, value: ETHER });
  await evm.send({ to: first!, value: 3n * ETHER });
  await evm.send({ to: second!, value: ETHER / 1000n });
  await token.mint(third!, 70_000_000n);
  await token.mint(fourth!, 9_999_999n);
  const before = await chain.balances(ALL);

  const fees = await consolidateAll(t, chain);

  const after = await chain.balances(ALL);
  t.is(after.get('ETH'), before.get('ETH')! - fees, 'nothing left but fees');
  t.is(after.get('USDT'), before.get('USDT'));
  t.is((await chain.balances([0])).get('USDT'), 7_000_000_000n);
  t.is((await chain.balances([4])).get('USDT'), 999_999_900n, 'below the threshold');
  t.is((await chain.balances([2])).get('ETH'), ETHER / 1000n, 'below the threshold');
  t.true((await chain.balances([0])).get('ETH')! > 4n * ETHER - ETHER / 100n);
  t.true((await chain.balances([1, 3])).get('ETH')! < ETHER / 100n);
});

test('gas comes first, then the token; and nothing is planned twice while it is under way', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const [hot, address] = [await chain.addressOf(0), await chain.addressOf(1)];
  await token.mint(address, 70_000_000n);
  t.deepEqual(await chain.consolidate([0, 1], NOTHING_TAKEN), [], 'there is nothing to pay the gas with');

  // What was idle is looked at again some blocks later, or at once by whoever begins anew.
  await evm.mine(25);
  await evm.send({ to: hot, value: ETHER });
  const [gas, ...others] = await chain.consolidate([0, 1], NOTHING_TAKEN);
  t.deepEqual(others, []);
  t.deepEqual(gas!.slots, [`nonce:${hot}:0`]);
  t.is(chain.outputsOf(gas!)[0]!.address, address);
  await send(chain, gas!);

  const [transfer] = await chain.consolidate([0, 1], NOTHING_TAKEN);
  t.deepEqual(transfer!.slots, [`nonce:${address}:0`]);
  t.deepEqual(chain.outputsOf(transfer!), [{ asset: 'USDT', address: hot, amountMinor: 7_000_000_000n }]);
  t.deepEqual(await chain.consolidate([0, 1], new Set(transfer!.slots)), []);
  // Nor by another process, which knows of the plan only by its slot.
  const another = await chainOn(t, evm, [tether(token.address)]);
  t.deepEqual(await another.consolidate([0, 1], new Set(transfer!.slots)), []);
});
