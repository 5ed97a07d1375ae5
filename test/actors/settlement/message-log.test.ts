import { createHash } from 'node:crypto';
import test from 'ava';
import { chainHash, loggedMessage, parseLog, sealLog } from '../../../src/actors/settlement/message-log.ts';

const start = new Uint8Array(32);
const messages = [
  { marketId: 1, seq: 1, atMs: 5, command: { type: 'cancelResting', accountId: 1000, orderNo: 1 } },
  {
    deposit: { accountId: 1000, assetId: 2, amountMinor: '12345678901234567890', reference: 'a\nb"c' },
    atMs: 6,
  },
] as const;

test('what is sealed is read back, a message a line whatever it says', (t) => {
  const sealed = sealLog(messages, start, 1);
  t.is(sealed.messageCount, 2);
  t.is(Buffer.from(sealed.payload).toString().split('\n').length, 2);
  t.deepEqual(parseLog(sealed.payload), [...messages] as never);
});

test('the hash is over the hash before, the number and the payload', (t) => {
  const sealed = sealLog(messages, start, 258);
  const number = Buffer.from([0, 0, 0, 0, 0, 0, 1, 2]);
  const expected = createHash('sha256')
    .update(Buffer.concat([start, number, sealed.payload]))
    .digest('hex');
  t.is(Buffer.from(sealed.hash).toString('hex'), expected);
  t.notDeepEqual(chainHash(start, 259, sealed.payload), sealed.hash);
  t.notDeepEqual(chainHash(sealed.hash, 258, sealed.payload), sealed.hash);
});

test('an answer that changed nothing is not logged', (t) => {
  t.is(
    loggedMessage({ type: 'answerEffect', reply: { type: 'done' }, replyTo: 1, returned: null }),
    undefined,
  );
});
