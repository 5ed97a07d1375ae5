import { hex } from '@scure/base';
import { RawTx, Transaction } from '@scure/btc-signer';
import test from 'ava';
import fc from 'fast-check';
import { readBlock } from '../../../src/custody/bitcoin/block.ts';

/** The first block of the main network, as every node has it. */
const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa' +
  '4b1e5e4a29ab5f49ffff001d1dac2b7c0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d' +
  '0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f' +
  '722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f355' +
  '04e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000';

test('the genesis block is read', (t) => {
  const { parentHash, transactions } = readBlock(Buffer.from(GENESIS, 'hex'));
  t.is(parentHash, '00'.repeat(32));
  t.is(transactions.length, 1);
  const [coinbase] = transactions;
  t.like(coinbase, { isCoinbase: true, spends: [] });
  t.is(coinbase!.txId(), '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b');
  t.is(coinbase!.outputs[0]!.sats, 5_000_000_000n);
});

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

const anyTransaction = fc
  .record({
    version: fc.constantFrom(1, 2),
    lockTime: fc.nat(),
    inputs: fc.array(
      fc.record({
        txid: bytes(32, 32),
        index: fc.nat(),
        finalScriptSig: bytes(0, 300),
        sequence: fc.nat(),
        witness: fc.array(bytes(0, 100), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    outputs: fc.array(
      fc.record({ amount: fc.bigInt({ min: 0n, max: 21n * 10n ** 14n }), script: bytes(1, 60) }),
      { minLength: 1, maxLength: 300 },
    ),
  })
  .map(({ inputs, ...rest }) => {
    const hasWitness = inputs.some(({ witness }) => witness.length > 0);
    return RawTx.encode({
      ...rest,
      segwitFlag: hasWitness,
      inputs: inputs.map(({ witness: _, ...input }) => input),
      ...(hasWitness && { witnesses: inputs.map(({ witness }) => witness) }),
    } as Parameters<typeof RawTx.encode>[0]);
  });

test('a block is read as the library reads its transactions, one by one', (t) => {
  fc.assert(
    fc.property(bytes(80, 80), fc.array(anyTransaction, { maxLength: 5 }), (header, transactions) => {
      const block = readBlock(Buffer.concat([header, Buffer.from([transactions.length]), ...transactions]));
      t.is(block.transactions.length, transactions.length);
      for (const [number, raw] of transactions.entries()) {
        const read = block.transactions[number]!;
        const known = RawTx.decode(raw);
        t.deepEqual(
          read.outputs.map(({ sats, script }) => [sats, script.toString('hex')]),
          known.outputs.map(({ amount, script }) => [amount, hex.encode(script)]),
        );
        t.deepEqual(
          read.spends,
          known.inputs.map(({ txid, index }) => `${hex.encode(txid)}:${index}`),
        );
        t.is(read.txId(), idOf(raw));
      }
    }),
    { numRuns: 60 },
  );
});

test('a block that was cut off is refused, wherever it was cut', (t) => {
  const whole = Buffer.from(GENESIS, 'hex');
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), (length) => {
      t.throws(() => readBlock(whole.subarray(0, length)), { instanceOf: RangeError });
    }),
  );
  t.throws(() => readBlock(Buffer.concat([whole, Buffer.from([0])])), { instanceOf: RangeError });
});

function idOf(raw: Uint8Array): string {
  return Transaction.fromRaw(raw, {
    allowUnknownOutputs: true,
    allowUnknownInputs: true,
    disableScriptCheck: true,
  }).id;
}
