import test from 'ava';
import { encodeFunctionData, parseAbi } from 'viem';
import type { Chain, ChainTransfer } from '../../../src/custody/chain.ts';
import { deploymentOf, startEvmNode } from './evm-node.ts';
import { chainOn, ETHER, MNEMONIC, tether } from './exchange-wallet.ts';

async function transfersOf(chain: Chain, ours: readonly string[]): Promise<readonly ChainTransfer[]> {
  const found: ChainTransfer[] = [];
  const tip = await chain.tipHeight();
  for (let height = 0; height <= tip; height += 1) {
    const block = await chain.blockAt(height, (address) => ours.includes(address));
    found.push(...block!.transfers);
  }
  return found;
}

test('ether and tokens that arrive are found once each, by exactly what was delivered', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const [first, second] = await Promise.all([chain.addressOf(1), chain.addressOf(2)]);
  const etherTx = await evm.send({ to: first, value: 1_234_567_890_123_456_789n });
  const tokenTx = await token.mint(second, 12_345_678n);
  await evm.send({ to: '0x1111111111111111111111111111111111111111', value: ETHER });
  await token.mint('0x1111111111111111111111111111111111111111', 5n);

  const transfers = await transfersOf(chain, [first, second]);

  t.deepEqual(transfers, [
    { txId: etherTx, outputIndex: -1, asset: 'ETH', address: first, amountMinor: 1_234_567_890_123_456_789n },
    // 12.345678, with two decimals more in the ledger.
    { txId: tokenTx, outputIndex: 0, asset: 'USDT', address: second, amountMinor: 1_234_567_800n },
  ]);
  const balances = await chain.balances([0, 1, 2]);
  t.deepEqual(
    [...balances],
    [
      ['ETH', 1_234_567_890_123_456_789n],
      ['USDT', 1_234_567_800n],
    ],
  );
});

test('two payments in one transaction are two deposits, and none is what failed, is nothing or is of another token', async (t) => {
  const evm = await startEvmNode(t);
  const [token, fake] = [await evm.deployToken(6), await evm.deployToken(6)];
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const ours = await Promise.all([chain.addressOf(1), chain.addressOf(2)]);
  await fake.mint(ours[0], 1_000_000n);
  await token.mint(ours[0], 0n);
  await evm.send({ to: ours[0], value: 0n });
  // A contract that always reverts, with a log before it, is at an address of ours: its transactions bring nothing.
  await evm.rpc('hardhat_setCode', ours[1], '0x60006000fd');
  await t.throwsAsync(evm.send({ to: ours[1], value: ETHER }), { message: /revert/i });
  t.is(BigInt(await evm.rpc<string>('eth_getBalance', ours[1], 'latest')), 0n);

  t.deepEqual(await transfersOf(chain, ours), []);

  // Whatever it is called with, it mints 3 units to one of our addresses and 4 to the other.
  const minting = await evm.deploy(deploymentOf(mintingCode(token.address, ours)));
  await token.grantMinter(minting);
  const txId = await evm.send({ to: minting });

  const transfers = await transfersOf(chain, ours);
  t.deepEqual(
    transfers.map((transfer) => [
      transfer.txId,
      transfer.outputIndex,
      transfer.address,
      transfer.amountMinor,
    ]),
    [
      [txId, 0, ours[0], 300n],
      [txId, 1, ours[1], 400n],
    ],
  );
});

/** Assembler: for each owner, the call in memory from 0 on, CALL, POP. */
function mintingCode(token: string, owners: readonly string[]): string {
  const mint = parseAbi(['function mint(address to, uint256 value)']);
  return owners
    .map((owner, number) => {
      const args = [owner as `0x${string}`, BigInt(3 + number)] as const;
      const data = encodeFunctionData({ abi: mint, functionName: 'mint', args }).slice(2).padEnd(192, '0');
      const stores = [0, 1, 2].map((word) => {
        const bytes = data.slice(word * 64, word * 64 + 64);
        return `7f${bytes}60${(word * 32).toString(16).padStart(2, '0')}52`;
      });
      return `${stores.join('')}6000600060446000600073${token.slice(2).toLowerCase()}5af150`;
    })
    .join('');
}

test('after a reorganisation the blocks are others, and what was in them is where it is now', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(6);
  const chain = await chainOn(t, evm, [tether(token.address)]);
  const address = await chain.addressOf(1);
  const isOurs = (one: string) => one === address;
  await evm.mine();
  const fork = await evm.tip();
  const snapshot = await evm.rpc('evm_snapshot');
  const txId = await evm.send({ to: address, value: ETHER });
  await token.mint(address, 7n);
  const before = await chain.blockAt(fork + 1, isOurs);

  await evm.rpc('evm_revert', snapshot);
  await evm.rpc('evm_increaseTime', 60);
  await evm.mine();
  const again = await evm.send({ to: address, value: ETHER });

  const after = await chain.blockAt(fork + 1, isOurs);
  const next = await chain.blockAt(fork + 2, isOurs);
  t.deepEqual(
    before!.transfers.map((transfer) => transfer.txId),
    [txId],
  );
  t.not(after!.hash, before!.hash);
  t.is(after!.parentHash, before!.parentHash);
  t.deepEqual(after!.transfers, []);
  t.is(next!.parentHash, after!.hash);
  t.deepEqual(
    next!.transfers.map((transfer) => transfer.txId),
    [again],
  );
  t.is(await chain.blockAt(fork + 3, isOurs), undefined);
});

test('a node that is gone, of another chain, or with other tokens is told apart', async (t) => {
  const evm = await startEvmNode(t);
  const token = await evm.deployToken(18);
  await t.throwsAsync(chainOn(t, evm, [], { chainId: 1 }), {
    name: 'WrongChain',
    message: /chain 31337, not 1/,
  });
  await t.throwsAsync(chainOn(t, evm, [tether(token.address)]), {
    name: 'WrongChain',
    message: /18 decimals/,
  });
  const nothing = '0x1111111111111111111111111111111111111111';
  await t.throwsAsync(chainOn(t, evm, [tether(nothing)]), { name: 'WrongChain', message: /no token/ });

  const chain = await chainOn(t, evm);
  await evm.stop();
  const order = { asset: 'ETH', address: nothing, amountMinor: 1n };
  const unavailable = { name: 'ChainUnavailable' };
  await t.throwsAsync(chain.tipHeight(), unavailable);
  await t.throwsAsync(
    chain.blockAt(1, () => true),
    unavailable,
  );
  await t.throwsAsync(chain.balances([0]), unavailable);
  await t.throwsAsync(chain.plan(order, new Set()), unavailable);
  await t.throwsAsync(chain.statusOf(`0x${'11'.repeat(32)}`), unavailable);
  // It starts without its node, and waits for it.
  const early = await chainOn(t, evm);
  t.is(await early.addressOf(0), await chain.addressOf(0));
  await t.throwsAsync(early.tipHeight(), unavailable);
});

test('words that are no mnemonic, and assets that the ledger can’t hold, are refused at the start', async (t) => {
  const nowhere = { rpcUrl: 'http://127.0.0.1:1' };
  const token = {
    asset: 'USDT',
    contract: '0x1111111111111111111111111111111111111111',
    decimals: 6,
    scale: 8,
  };
  await t.throwsAsync(chainOn(t, nowhere, [], { mnemonic: MNEMONIC.replace('about', 'abandon') }), {
    message: /mnemonic/,
  });
  await t.throwsAsync(chainOn(t, nowhere, [{ ...token, scale: 5 }]), {
    message: /6 decimals .* 5 in the ledger/,
  });
  await t.throwsAsync(chainOn(t, nowhere, [], { native: { asset: 'ETH', scale: 8 } }), {
    message: /18 decimals/,
  });
  await t.throwsAsync(chainOn(t, nowhere, [token, token]), { message: /twice/ });
  await t.throwsAsync(chainOn(t, nowhere, [{ ...token, contract: '0x12' }]), {
    message: /no Ethereum address/,
  });
});
