import test from 'ava';
import {
  ClientOrderIds,
  REMEMBERED_CLIENT_ORDER_IDS,
} from '../../../src/domain/accounts/client-order-ids.ts';

const none = () => false;

test('an id is remembered as not settled until its order is committed', (t) => {
  const ids = new ClientOrderIds([], none);
  ids.add('a', 11, 1);
  t.deepEqual(ids.get('a'), { requestDigest: 11, orderNo: 1, settled: false });
  ids.settle('a', 2, false);
  t.false(ids.get('a')!.settled, 'another order settles nothing');
  ids.settle('a', 1, false);
  t.deepEqual(ids.get('a'), { requestDigest: 11, orderNo: 1, settled: true });
  ids.settle('a', 1, true);
  t.deepEqual(ids.get('a'), { requestDigest: 11, orderNo: 1, settled: true });
});

test('an id is free again when its order was refused, but only then', (t) => {
  const ids = new ClientOrderIds([['ended', 12, 1]], none);
  ids.add('a', 11, 2);
  ids.forget('a', 3);
  t.is(ids.get('a')?.orderNo, 2);
  ids.forget('a', 2);
  t.is(ids.get('a'), undefined);
  ids.forget('ended', 1);
  t.is(ids.get('ended')?.orderNo, 1);
});

test('ids that look like properties of objects are only ids', (t) => {
  const ids = new ClientOrderIds([], none);
  for (const name of ['__proto__', 'constructor', 'toString']) {
    t.is(ids.get(name), undefined);
    ids.add(name, 1, 1);
    t.is(ids.get(name)?.orderNo, 1);
  }
});

test('the id that ended first gives way; one of a working order never does', (t) => {
  const ids = new ClientOrderIds([['restored', 0, 1]], (orderNo) => orderNo === 1);
  ids.add('pending', 0, 2);
  ids.add('resting', 0, 3);
  ids.settle('resting', 3, false);
  for (let orderNo = 4; orderNo <= REMEMBERED_CLIENT_ORDER_IDS + 4; orderNo += 1) {
    ids.add(`id-${orderNo}`, 0, orderNo);
    ids.settle(`id-${orderNo}`, orderNo, true);
  }
  t.is(ids.get('restored')?.orderNo, 1);
  t.is(ids.get('pending')?.orderNo, 2);
  t.is(ids.get('resting')?.orderNo, 3);
  t.is(ids.get('id-4'), undefined);
  t.not(ids.get('id-5'), undefined);
  t.not(ids.get(`id-${REMEMBERED_CLIENT_ORDER_IDS + 4}`), undefined);
});
