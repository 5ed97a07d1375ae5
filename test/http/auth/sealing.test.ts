import test from 'ava';
import { createSealing } from '../../../src/http/auth/sealing.ts';

const KEY = 'a data key for tests, long enough to be one';

test('what was sealed comes back, and looks different each time', (t) => {
  const { seal, unseal } = createSealing(KEY);
  const secret = Buffer.from('a secret');
  const sealed = [seal(secret, 'of user 1'), seal(secret, 'of user 1')];
  t.notDeepEqual(sealed[0], sealed[1]);
  for (const one of sealed) {
    t.deepEqual(unseal(one, 'of user 1'), secret);
    t.false(one.includes(secret));
  }
});

test('another key, another owner or a changed byte opens nothing', (t) => {
  const { seal, unseal } = createSealing(KEY);
  const sealed = seal(Buffer.from('a secret'), 'of user 1');
  t.throws(() => unseal(sealed, 'of user 2'));
  t.throws(() => createSealing(`${KEY}!`).unseal(sealed, 'of user 1'));
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    t.throws(() => unseal(changed, 'of user 1'), undefined, `byte ${at}`);
  }
  t.throws(() => unseal(sealed.subarray(0, 20), 'of user 1'));
  t.throws(() => createSealing('short'), { instanceOf: RangeError });
});
