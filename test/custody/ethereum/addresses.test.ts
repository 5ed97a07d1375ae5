import test from 'ava';
import fc from 'fast-check';
import { type Address, encodeFunctionData, getAddress, serializeTransaction } from 'viem';
import { CarriedAsset } from '../../../src/custody/ethereum/assets.ts';
import { ERC20 } from '../../../src/custody/ethereum/node.ts';
import { CHAIN_ID, PAYEE } from './evm-node.ts';
import { chainOn, NOTHING_TAKEN, tether } from './exchange-wallet.ts';

// Nothing here needs a node, and none is there.
const NOWHERE = { rpcUrl: 'http://127.0.0.1:1' };
const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

test('addresses are those of BIP-44, as other wallets derive them of the same words', async (t) => {
  const chain = await chainOn(t, NOWHERE);
  t.is(await chain.addressOf(0), '0x9858EfFD232B4033E47d90003D41EC34EcaEda94');
  t.is(await chain.addressOf(1), '0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0');
  const hardhat = await chainOn(t, NOWHERE, [], {
    mnemonic: 'test test test test test test test test test test test junk',
  });
  t.is(await hardhat.addressOf(1), PAYEE);
});

test('an address is written as EIP-55 does, and one with a typing error is refused', async (t) => {
  const chain = await chainOn(t, NOWHERE, [tether(TOKEN)]);
  const written = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  const digits = written.slice(2);
  for (const text of [written, `0x${digits.toLowerCase()}`, `0x${digits.toUpperCase()}`])
    t.deepEqual(chain.parseAddress(text), { ok: true, value: written });
  const wrong = [
    '',
    'ethereum',
    written.slice(0, -1),
    `${written}0`,
    ` ${written}`,
    `0X${digits}`,
    digits,
    written.replace('5aA', '5aa'),
    `0x${'0'.repeat(40)}`,
    `0x${'0'.repeat(39)}9`,
    TOKEN,
    TOKEN.toLowerCase(),
    await chain.addressOf(0),
    'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
  ];
  for (const text of wrong) {
    const parsed = chain.parseAddress(text);
    t.is(!parsed.ok && parsed.refusal.code, 'invalid_address', text);
  }
});

test('an address in which one letter changed its size is never taken for another', async (t) => {
  const chain = await chainOn(t, NOWHERE);
  const property = fc.property(
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
    fc.nat(39),
    (bytes, position) => {
      const address = getAddress(`0x${Buffer.from(bytes).toString('hex')}`);
      const letter = address[position + 2]!;
      const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      const changed = `${address.slice(0, position + 2)}${other}${address.slice(position + 3)}`;
      const parsed = chain.parseAddress(changed);
      return !parsed.ok || parsed.value === address;
    },
  );
  fc.assert(property);
  t.pass();
});

test('wallets read chain, token and address from the code', async (t) => {
  const chain = await chainOn(t, NOWHERE, [tether(TOKEN)]);
  t.is(chain.paymentUri('ETH', PAYEE), `ethereum:${PAYEE}@31337`);
  t.is(chain.paymentUri('USDT', PAYEE), `ethereum:${TOKEN}@31337/transfer?address=${PAYEE}`);
});

test('an amount goes to the chain and back unchanged, or is refused', (t) => {
  const property = fc.property(
    fc.nat(18),
    fc.nat(18),
    fc.bigInt({ min: 0n, max: 10n ** 38n }),
    (one, other, amount) => {
      const [decimals, scale] = one < other ? [one, other] : [other, one];
      const asset = new CarriedAsset({ asset: 'T', contract: TOKEN, decimals, scale });
      const units = asset.unitsOf(amount);
      const fits = amount % 10n ** BigInt(scale - decimals) === 0n;
      if (!units.ok) return !fits && units.refusal.code === 'too_many_decimals';
      return fits && asset.minorOf(units.value) === amount;
    },
  );
  fc.assert(property);
  t.pass();
});

test('what is not a plain transfer of our own is not read, and so not signed', async (t) => {
  const chain = await chainOn(t, NOWHERE, [tether(TOKEN)]);
  const transfer = encodeFunctionData({ abi: ERC20, functionName: 'transfer', args: [PAYEE, 5n] });
  const fees = { nonce: 1, gas: 100_000n, maxFeePerGas: 9n, maxPriorityFeePerGas: 1n } as const;
  const plan = (fields: Partial<Parameters<typeof serializeTransaction>[0]>, sender = '0') => ({
    network: 'ethereum',
    slots: [],
    unsigned: `${sender}:${serializeTransaction({ ...fees, type: 'eip1559', chainId: CHAIN_ID, ...fields } as never)}`,
    networkFeeMinor: 0n,
  });
  const token: Address = TOKEN;
  const good = plan({ to: token, data: transfer });
  t.deepEqual(chain.outputsOf(good), [{ asset: 'USDT', address: PAYEE, amountMinor: 500n }]);
  t.deepEqual(chain.outputsOf(plan({ to: PAYEE, value: 5n })), [
    { asset: 'ETH', address: PAYEE, amountMinor: 5n },
  ]);
  const legacy = serializeTransaction({
    type: 'legacy',
    chainId: CHAIN_ID,
    to: PAYEE,
    gas: 21_000n,
    gasPrice: 1n,
  });
  const dirty = transfer.replace('0xa9059cbb00', '0xa9059cbb01') as `0x${string}`;
  const bad = {
    'another chain': plan({ to: PAYEE, value: 5n, chainId: 1 }),
    'a new contract': plan({ data: '0x6000' }),
    'ether with a call': plan({ to: PAYEE, value: 5n, data: '0x01' }),
    'ether to a token': plan({ to: token, value: 5n }),
    'ether with a transfer': plan({ to: token, value: 5n, data: transfer }),
    'a transfer of another token': plan({ to: PAYEE, data: transfer }),
    'more data than a transfer has': plan({ to: token, data: `${transfer}00` }),
    'an address of more than 20 bytes': plan({ to: token, data: dirty }),
    approve: plan({ to: token, data: transfer.replace('a9059cbb', '095ea7b3') as `0x${string}` }),
    'an access list': plan({ to: PAYEE, value: 5n, accessList: [{ address: PAYEE, storageKeys: [] }] }),
    'another type': { ...good, unsigned: `0:${legacy}` },
    'no sender': { ...good, unsigned: good.unsigned.slice(2) },
    'a signed one': { ...good, unsigned: `0:${(await chain.sign(good)).raw}` },
    nothing: { ...good, unsigned: '' },
  };
  for (const [what, one] of Object.entries(bad)) {
    t.throws(() => chain.outputsOf(one), undefined, what);
    await t.throwsAsync(async () => chain.sign(one), undefined, what);
  }
  const order = { asset: 'USDT', address: PAYEE, amountMinor: 0n };
  const refused = await chain.plan(order, NOTHING_TAKEN);
  t.is(!refused.ok && refused.refusal.code, 'invalid_amount');
});
