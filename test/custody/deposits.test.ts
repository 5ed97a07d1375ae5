import test from 'ava';
import fc from 'fast-check';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Chain, ChainBlock, ChainTransfer } from '../../src/custody/chain.ts';
import { OurAddresses } from '../../src/custody/deposits/our-addresses.ts';
import { DepositWatcher } from '../../src/custody/deposits/watcher.ts';
import { createCatalog } from '../../src/domain/catalog.ts';
import { accept, refuse } from '../../src/domain/rejection.ts';
import { quietLog, simulatedChain, startTestCustody, until } from '../support/custody.ts';
import { createTestDatabase } from '../support/database.ts';
import { codeOf, mustBeOk, startTestExchange } from '../support/exchange.ts';

test('each asset of an account has an address of its own; what arrives there is credited once, when it is deep enough', async (t) => {
  const started = await startTestExchange(t);
  const { custody, chain, errors } = await startTestCustody(t, started);
  const alice = await started.account();
  const [btc, again] = await Promise.all([
    custody.depositAddress(alice, 'BTC'),
    custody.depositAddress(alice, 'BTC', 'simulated'),
  ]);
  t.deepEqual(btc, again, 'the same for whoever asks first');
  const { address } = mustBeOk(btc);
  const usd = mustBeOk(await custody.depositAddress(alice, 'USD')).address;
  t.not(usd, address);
  t.is(codeOf(custody.parseAddress('simulated', address)), 'ok');
  t.is(
    codeOf(
      custody.parseAddress(
        'simulated',
        address.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      ),
    ),
    'invalid_address',
  );
  t.is(codeOf(await custody.depositAddress(alice, 'XYZ')), 'asset_not_found');
  t.is(codeOf(await custody.depositAddress(alice, 'BTC', 'bitcoin')), 'network_not_found');

  await chain.payFromOutside({ asset: 'BTC', address, amountMinor: 123_456n });
  await chain.payFromOutside({ asset: 'USD', address, amountMinor: 5_000_000n });
  await chain.payFromOutside({ asset: 'BTC', address, amountMinor: 9n });
  await chain.mine();
  await chain.mine();
  await until(async () => custody.depth('simulated')?.tipHeight === 2);
  t.is(await started.wallet(alice, 'BTC'), '0/0', 'two blocks deep');
  await chain.mine();
  await until(async () => (await started.wallet(alice, 'BTC')) !== '0/0');
  t.is(await started.wallet(alice, 'BTC'), '123456/0', 'what is below the minimum is not credited');
  t.is(await started.wallet(alice, 'USD'), '0/0', 'nor what is of another asset than the address');
  await chain.reorganise(2);
  await until(async () => custody.depth('simulated')?.tipHeight === 4);
  t.is(await started.wallet(alice, 'BTC'), '123456/0');
  t.deepEqual(errors, []);
});

test('what arrives while the network is looked at is found, at an address that was given out meanwhile', async (t) => {
  const started = await startTestExchange(t);
  const alice = await started.account();
  let meanwhile: (() => Promise<void>) | undefined;
  const { custody, chain } = await startTestCustody(t, started, {
    wrapChain: (network): Chain => ({
      ...network,
      async blockAt(...given) {
        const now = meanwhile;
        meanwhile = undefined;
        await now?.();
        return network.blockAt(...given);
      },
    }),
  });
  meanwhile = async () => {
    const { address } = mustBeOk(await custody.depositAddress(alice, 'BTC'));
    await chain.payFromOutside({ asset: 'BTC', address, amountMinor: 123_456n });
    await chain.mine();
  };
  await until(async () => {
    await chain.mine();
    return (custody.depth('simulated')?.tipHeight ?? 0) > 8;
  });
  await until(async () => (await started.wallet(alice, 'BTC')) === '123456/0');
  t.pass();
});

test('a credited deposit that leaves the chain and comes back is told of, and not credited again', async (t) => {
  const started = await startTestExchange(t);
  const { custody, chain, errors } = await startTestCustody(t, started);
  const alice = await started.account();
  const { address } = mustBeOk(await custody.depositAddress(alice, 'BTC'));
  await chain.payFromOutside({ asset: 'BTC', address, amountMinor: 70_000n });
  for (let block = 0; block < 3; block += 1) await chain.mine();
  await until(async () => (await started.wallet(alice, 'BTC')) === '70000/0');
  await chain.reorganise(3);
  await until(async () => errors.some((message) => message.includes('no longer in the chain')));
  await chain.mine();
  await chain.mine();
  await until(async () => custody.depth('simulated')?.tipHeight === 6);
  t.is(await started.wallet(alice, 'BTC'), '70000/0');
});

test('whoever ends between the credit and its mark credits nothing twice; a house’s deposit is the house’s', async (t) => {
  const started = await startTestExchange(t);
  const first = await startTestCustody(t, started);
  const alice = await started.account();
  const { address } = mustBeOk(await first.custody.depositAddress(alice, 'BTC'));
  await first.chain.payFromOutside({ asset: 'BTC', address, amountMinor: 70_000n });
  await first.chain.payFromOutside({
    asset: 'ETH',
    address: await first.chain.addressOf(0),
    amountMinor: 10n ** 18n,
  });
  for (let block = 0; block < 3; block += 1) await first.chain.mine();
  await until(async () => (await started.wallet(4, 'ETH')) === '1000000000000000000/0');
  await until(async () => (await started.wallet(alice, 'BTC')) === '70000/0');
  await first.stop();
  await started.pool.query(sql.unsafe`update chain_transfers set credited_at_ms = null`);
  const second = await startTestCustody(t, started);
  const marked = z.strictObject({ count: z.bigint() });
  await until(
    async () =>
      (await started.pool.oneFirst(
        sql.type(marked)`select count(*) as count from chain_transfers where credited_at_ms is not null`,
      )) === 2n,
  );
  t.is(await started.wallet(alice, 'BTC'), '70000/0');
  t.true((await second.custody.reconcile()).ok);
});

/** A chain that is nothing but a list of blocks, which a test rewrites as it likes. */
function scriptedChain(blocks: readonly ChainBlock[]): Chain {
  const unused = () => Promise.reject(new Error('not asked for deposits'));
  return {
    network: 'scripted',
    name: 'Scripted',
    assets: ['BTC'],
    feeAsset: 'BTC',
    confirmations: 3,
    addressOf: async (index) => `a${index}`,
    parseAddress: accept,
    paymentUri: () => '',
    tipHeight: async () => blocks.length - 1,
    blockAt: async (height) => blocks[height],
    balances: unused,
    quoteFee: unused,
    plan: unused,
    outputsOf: () => [],
    sign: unused,
    broadcast: unused,
    statusOf: unused,
    consolidate: unused,
    close: async () => {},
  };
}

test('through any reorganisations: what was deep enough is credited once, and nothing else is', async (t) => {
  const BTC = { id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 8 };
  const { pool } = await createTestDatabase(t);
  await pool.query(sql.unsafe`insert into assets (id, symbol, name, scale) values (1, 'BTC', 'Bitcoin', 8)`);
  await pool.query(sql.unsafe`insert into accounts default values`);
  const step = fc.record({
    drop: fc.oneof(fc.constant(0), fc.nat(5)),
    grow: fc.integer({ min: 1, max: 3 }),
    pays: fc.array(fc.nat(9), { maxLength: 3 }),
    looks: fc.boolean(),
    crashes: fc.boolean(),
  });
  let runs = 0;
  let credits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      runs += 1;
      const run = runs;
      for (const table of ['chain_transfers', 'chain_blocks', 'deposit_addresses'])
        await pool.query(sql.unsafe`delete from ${sql.identifier([table])}`);
      await pool.query(sql.unsafe`
        insert into deposit_addresses values ('scripted', 1, 1000, 1, 'a1', 0)`);
      const blocks: ChainBlock[] = [];
      const chain = scriptedChain(blocks);
      const ledger = new Map<string, bigint>();
      /** Of what was ever in a block that was deep enough at a look. */
      const deep = new Set<string>();
      let crashed = false;
      let made = 0;
      const watch = () => {
        const addresses = new OurAddresses(pool, chain);
        return new DepositWatcher(chain, {
          pool,
          addresses,
          purposeOf: async () => undefined,
          minDepositMinor: () => 1n,
          log: quietLog,
          now: () => 0,
          exchange: {
            catalog: () => createCatalog([BTC], []),
            credit: async ({ reference, amount }) => {
              if (ledger.has(reference!)) return refuse('duplicate_deposit', '');
              ledger.set(reference!, BigInt(Math.round(Number(amount) * 1e8)));
              if (crashed) throw new Error('the process ends');
              return accept(undefined);
            },
          },
        });
      };
      let watcher = watch();
      blocks.push({ height: 0, hash: 'h0', parentHash: 'none', transfers: [] });
      await watcher.look();
      const transfer = (no: number): ChainTransfer => ({
        txId: `${run}-${no}`,
        outputIndex: 0,
        asset: 'BTC',
        address: 'a1',
        amountMinor: BigInt(no + 1),
      });
      for (const { drop, grow, pays, looks, crashes } of steps) {
        blocks.length = Math.max(1, blocks.length - drop);
        for (let one = 0; one < grow; one += 1) {
          made += 1;
          const known = new Set(
            blocks.flatMap(({ transfers = [] } = {} as ChainBlock) => transfers.map(({ txId }) => txId)),
          );
          const fresh =
            one === 0 ? [...new Set(pays)].map(transfer).filter(({ txId }) => !known.has(txId)) : [];
          const parentHash = blocks.at(-1)?.hash ?? 'none';
          const height = blocks[0] === undefined ? 0 : blocks.length;
          blocks[height] = { height, hash: `h${made}`, parentHash, transfers: fresh };
        }
        if (!looks) continue;
        crashed = crashes;
        await watcher.look().catch(() => {
          watcher = watch();
        });
        crashed = false;
        await watcher.look();
        for (const block of blocks.slice(0, Math.max(0, blocks.length - 2)))
          for (const { txId } of block.transfers) deep.add(`scripted:${txId}:0`);
      }
      await watcher.look();
      for (const block of blocks.slice(0, Math.max(0, blocks.length - 2)))
        for (const { txId } of block.transfers) deep.add(`scripted:${txId}:0`);
      t.deepEqual([...ledger.keys()].sort(), [...deep].sort());
      for (const [reference, minor] of ledger) t.is(minor, BigInt(Number(reference.split(/[-:]/)[2]) + 1));
      credits += ledger.size;
    }),
    { numRuns: 40 },
  );
  t.true(credits > 40, `${credits} were credited`);
});

test('a watched network of a test is simulated in its own database', async (t) => {
  const { pool } = await createTestDatabase(t);
  const chain = simulatedChain({ pool });
  await chain.mine();
  await chain.mine();
  const [first, second] = [await chain.blockAt(0, () => true), await chain.blockAt(1, () => true)];
  t.is(second?.parentHash, first?.hash);
  await chain.reorganise(1);
  t.not((await chain.blockAt(1, () => true))?.hash, second?.hash);
  t.is(await chain.tipHeight(), 2);
});
