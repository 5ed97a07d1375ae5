import test from 'ava';
import fc from 'fast-check';
import { describeMoney, formatDecimal, money, parseDecimal } from '../../src/domain/money.ts';

const units = fc.bigInt({ min: 0n, max: 10n ** 38n - 1n });
const scale = fc.integer({ min: 0, max: 36 });

test('what is written is read back as it was', (t) => {
  fc.assert(
    fc.property(units, scale, (amount, decimals) => {
      const text = formatDecimal(amount, decimals);
      t.deepEqual(parseDecimal(text, decimals), { ok: true, value: amount });
      t.notRegex(text, /^0[0-9]|\.$|\.[0-9]*0$/, 'the shortest spelling');
    }),
  );
});

test('zeros at the end of a fraction say nothing, whatever the scale', (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      fc.nat(18),
      fc.nat(10),
      (amount, decimals, zeros) => {
        const text = formatDecimal(amount, decimals);
        const longer = `${text.includes('.') ? text : `${text}.0`}${'0'.repeat(zeros)}`;
        t.deepEqual(parseDecimal(longer, decimals), { ok: true, value: amount });
      },
    ),
  );
});

test('a number of more decimals than the scale is refused, never rounded', (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.integer({ min: 1, max: 18 }),
      (amount, decimals) => {
        fc.pre(amount % 10n !== 0n);
        const refused = parseDecimal(formatDecimal(amount, decimals), decimals - 1);
        t.false(refused.ok);
        if (!refused.ok) t.is(refused.refusal.code, 'too_many_decimals');
      },
    ),
  );
});

test('negative amounts are written with one sign', (t) => {
  t.is(formatDecimal(-1500n, 3), '-1.5');
  t.is(formatDecimal(-1n, 8), '-0.00000001');
  t.is(formatDecimal(0n, 8), '0');
});

for (const text of [
  '1e-7',
  '1E7',
  'NaN',
  'Infinity',
  '-0',
  '-1',
  '+1',
  '0x10',
  '0b1',
  ' 1',
  '1 ',
  '\t1',
  '1\n',
  '',
  '.',
  '1.',
  '.5',
  '01',
  '00',
  '1.2.3',
  '1,5',
  '1_000',
  '１',
  '٣',
  '1'.repeat(39),
  `0.${'1'.repeat(37)}`,
  'null',
  '1n',
  "1'000",
]) {
  test(`${JSON.stringify(text)} is not a number`, (t) => {
    const refused = parseDecimal(text, 8);
    t.false(refused.ok);
    if (!refused.ok) t.is(refused.refusal.code, 'invalid_amount');
  });
}

test('nothing but plain decimals is read, whatever the text', (t) => {
  const alphabet = fc.constantFrom(...'0123456789.+-eExXnN_, \n\t٣'.split(''));
  fc.assert(
    fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
      t.is(parseDecimal(text, 18).ok, /^(0|[1-9]\d*)(\.\d+)?$/.test(text) && !/\n$/.test(text), text);
    }),
  );
});

test('nothing is read that numeric(38,0) could not hold', (t) => {
  t.true(parseDecimal('9'.repeat(20), 18).ok);
  for (const [text, scale] of [
    ['1'.padEnd(21, '0'), 18],
    ['1'.padEnd(38, '0'), 1],
  ] as const) {
    const refused = parseDecimal(text, scale);
    t.is(refused.ok ? 'accepted' : refused.refusal.code, 'invalid_amount');
  }
});

test('a refusal repeats no more than the beginning of a long text', (t) => {
  const refused = parseDecimal('x'.repeat(100_000), 2);
  t.false(refused.ok);
  if (!refused.ok) t.true(refused.refusal.detail.length < 100);
});

test('people read an amount with all decimals and the asset', (t) => {
  t.is(describeMoney(money(1_250_000_000n, { symbol: 'USDT', scale: 8 })), '12.50000000 USDT');
});
