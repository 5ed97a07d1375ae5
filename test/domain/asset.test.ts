import test from 'ava';
import { checkAsset } from '../../src/domain/asset.ts';

const SOL = { symbol: 'SOL', name: 'Solana', scale: 9 };

test('an asset needs a symbol, a name for people and a scale from 0 to 18', (t) => {
  for (const good of [SOL, { ...SOL, scale: 0 }, { ...SOL, scale: 18 }, { ...SOL, name: 'Ünïcode 🪙' }]) {
    t.deepEqual(checkAsset(good), { ok: true, value: good });
  }
});

for (const [what, change] of Object.entries({
  'a symbol in lower case': { symbol: 'sol' },
  'a symbol with a line end': { symbol: 'SOL\n' },
  'no symbol': { symbol: '' },
  'a symbol of 17 characters': { symbol: 'S'.repeat(17) },
  'no name': { name: '' },
  'a name of 65 characters': { name: 'n'.repeat(65) },
  // PostgreSQL's text can't hold it: the settlement of such an asset would fail and stop the exchange.
  'a name with a NUL': { name: 'a\u0000b' },
  'a name with half a character': { name: 'a\ud800b' },
  'a scale below zero': { scale: -1 },
  'a scale above 18': { scale: 19 },
  'a broken scale': { scale: 1.5 },
  'no scale': { scale: Number.NaN },
})) {
  test(`${what} is refused`, (t) => {
    const refused = checkAsset({ ...SOL, ...change });
    t.false(refused.ok);
    if (!refused.ok) t.is(refused.refusal.code, 'invalid_asset');
  });
}
