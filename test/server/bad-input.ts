/** What nobody should send. */

export const NUMBERS = [
  '1e-7',
  'NaN',
  '-0',
  '-1',
  '+1',
  '0x10',
  ' 1',
  '1 ',
  '1.',
  '.5',
  '01',
  '',
  'Infinity',
  '1,5',
  '1_0',
  '٣',
  '1\u0000',
  '9'.repeat(39),
  '9'.repeat(70_000),
];
const WRONG: readonly unknown[] = [1, 0.1, null, true, [], ['1'], {}, { toString: '1' }];
export const good = { market: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '1' };

/** Orders that must be refused, each for what the change says. */
export function badOrders(): object[] {
  const changes: object[] = [];
  for (const field of ['price', 'quantity']) {
    for (const value of [...NUMBERS, ...WRONG]) changes.push({ [field]: value });
  }
  for (const field of ['market', 'side', 'type', 'timeInForce', 'postOnly', 'clientOrderId', 'quoteAmount']) {
    for (const value of [
      1,
      null,
      [],
      {},
      'x'.repeat(5_000),
      'nul\u0000',
      '\ud800',
      'constructor',
      '__proto__',
    ]) {
      // These two are good ids, and a truth is a good postOnly.
      if (field === 'clientOrderId' && (value === 'constructor' || value === '__proto__')) continue;
      changes.push({ [field]: value });
    }
  }
  for (const field of [
    'unknown',
    'Price',
    'accountId',
    'constructor',
    'toString',
    'orderNo',
    'makerFeePpm',
    '',
  ]) {
    changes.push({ [field]: '1' });
  }
  for (const field of ['market', 'side', 'type', 'price', 'quantity']) changes.push({ [field]: undefined });
  return changes.map((change) => ({ ...good, ...change }));
}

export const POLLUTED = [
  JSON.stringify({ ...good }).replace('}', ',"__proto__":{"admin":true}}'),
  JSON.stringify({ ...good }).replace('}', ',"constructor":{"prototype":{"admin":true}}}'),
  '{"__proto__":{"market":"BTC-USDT","side":"buy","type":"limit","price":"100","quantity":"1"}}',
];
export const MALFORMED = [
  '',
  ' ',
  '{',
  '}',
  '[',
  '[]',
  '"',
  'null',
  'true',
  '1',
  '"text"',
  '{"a":}',
  "{'a':1}",
  '{"a":1,}',
  '\u0000',
  '{}{}',
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
  'undefined',
  'NaN',
];
