import test from 'ava';
import fc from 'fast-check';
import { parseBitcoinAddress } from '../../../src/custody/bitcoin/addresses.ts';
import { BITCOIN_NETWORKS, type BitcoinNetworkName } from '../../../src/custody/bitcoin/network.ts';
import { satsFromBitcoins } from '../../../src/custody/bitcoin/sats.ts';
import { BitcoinWallet } from '../../../src/custody/bitcoin/wallet.ts';
import { KNOWN_MNEMONIC } from './regtest/exchange-wallet.ts';

/** Addresses of each network, from the documents that define them (BIP-84, BIP-173, BIP-350) and from well-known ones. */
const KNOWN: Readonly<Record<BitcoinNetworkName, readonly string[]>> = {
  main: [
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
    '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    'bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
  ],
  test: [
    'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn',
    'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
    'tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7',
    'tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c',
  ],
  regtest: ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'],
};

test('the addresses of BIP-84 come out of its mnemonic', async (t) => {
  const wallet = await BitcoinWallet.of(KNOWN_MNEMONIC, BITCOIN_NETWORKS.main);
  t.is(wallet.addressOf(0), 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu');
  t.is(wallet.addressOf(1), 'bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g');
  const key = Buffer.from(wallet.publicKeyOf(0)).toString('hex');
  t.is(key, '0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c');
});

test('an address far ahead is the one that comes when its turn is there', async (t) => {
  const wallet = await BitcoinWallet.of(KNOWN_MNEMONIC, BITCOIN_NETWORKS.regtest);
  const far = wallet.addressOf(150);
  await wallet.deriveUpTo(150);
  t.is(wallet.addressOf(150), far);
  t.is(wallet.indexOfScript(Buffer.from(wallet.scriptOf(150)).toString('hex')), 150);
});

test('words that are no mnemonic are refused', async (t) => {
  await t.throwsAsync(BitcoinWallet.of(KNOWN_MNEMONIC.replace('about', 'abandon'), BITCOIN_NETWORKS.main), {
    message: /mnemonic/,
  });
});

test('an address is taken on its own network and on no other', (t) => {
  for (const [home, addresses] of Object.entries(KNOWN)) {
    for (const address of addresses) {
      for (const [name, network] of Object.entries(BITCOIN_NETWORKS)) {
        const parsed = parseBitcoinAddress(address, network);
        // Testnet and regtest share the prefixes of the older addresses.
        const isShared = home === 'test' && name === 'regtest' && address.startsWith('m');
        if (name === home || isShared) t.deepEqual(parsed, { ok: true, value: address });
        else t.like(parsed, { ok: false, refusal: { code: 'invalid_address' } }, `${address} on ${name}`);
      }
    }
  }
});

test('bech32 is written in lower case; mixed case, white space and other witness versions are no addresses', (t) => {
  const { main } = BITCOIN_NETWORKS;
  const [, , segwit] = KNOWN.main;
  t.deepEqual(parseBitcoinAddress(segwit!.toUpperCase(), main), { ok: true, value: segwit! });
  const wrong = [
    `B${segwit!.slice(1)}`,
    ` ${segwit}`,
    `${segwit}\n`,
    KNOWN.main[0]!.toLowerCase(),
    // BIP-350: version 2, and version 0 with the checksum of bech32m.
    'bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs',
    'bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd',
    '',
    'BTC',
  ];
  for (const text of wrong) t.like(parseBitcoinAddress(text, main), { ok: false }, JSON.stringify(text));
});

test('one wrong character makes an address invalid', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KNOWN.main),
      fc.nat(),
      fc.constantFrom(...'123456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'),
      (address, place, character) => {
        const at = place % address.length;
        fc.pre(address[at] !== character);
        const typo = address.slice(0, at) + character + address.slice(at + 1);
        return !parseBitcoinAddress(typo, BITCOIN_NETWORKS.main).ok;
      },
    ),
    { numRuns: 500 },
  );
  t.pass();
});

test('no satoshi is lost in what a node writes as a number', (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 21_000_000n * 10n ** 8n }), (sats) => {
      const text = `${sats / 10n ** 8n}.${String(sats % 10n ** 8n).padStart(8, '0')}`;
      return satsFromBitcoins(JSON.parse(text)) === sats;
    }),
  );
  t.pass();
});
