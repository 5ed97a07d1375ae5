import test from 'ava';
import { HOUR_MS, outside, startWithdrawing } from './customers.ts';

const wish = (address: string) => ({ asset: 'USDT', amount: '1500', address });

test('an address is listed with the second factor and told by mail, and may be used after a day', async (t) => {
  const { customers, clock, mails } = await startWithdrawing(t, { USDT: '9000' });
  const ada = customers[0]!;
  const add = (more: object) =>
    ada.send('POST', '/v1/withdrawal-addresses', {
      label: 'cold wallet',
      network: 'simulated',
      address: outside(1).toUpperCase(),
      ...more,
    });
  const good = ada.nextCode();
  t.is((await add({})).body.code, 'invalid_request', 'a factor has to be shown');
  t.is((await add({ code: good === '000000' ? '111111' : '000000' })).body.code, 'invalid_code');
  t.is((await add({ code: good, address: 'sim1nothing' })).body.code, 'invalid_address');
  t.is((await add({ code: good, network: 'nowhere' })).body.code, 'network_not_found');
  t.is((await add({ code: good, asset: 'NONE' })).body.code, 'asset_not_found');
  t.is((await ada.send('GET', '/v1/withdrawal-addresses')).body.addresses.length, 0);
  const { status, body: listed } = await add({ code: good, asset: 'USDT' });
  t.is(status, 201, 'what was refused before did not use the code up');
  t.like(listed, { address: outside(1), asset: 'USDT', label: 'cold wallet' });
  t.is(listed.usableFrom, new Date(clock.nowMs + 24 * HOUR_MS).toISOString());
  t.is((await add({ code: good })).body.code, 'invalid_code', 'a code is good once');
  t.is((await add({ code: ada.nextCode(), asset: 'USDT' })).body.code, 'address_listed');
  t.is((await mails()).filter(({ subject }) => subject === 'A withdrawal address was added').length, 1);

  const only = (value: boolean) =>
    ada.send('PUT', '/v1/me/allow-list', { only: value, code: ada.nextCode() });
  t.true((await only(true)).body.allowListOnly);
  t.is((await ada.withdraw(wish(outside(2)))).body.code, 'address_not_listed');
  t.is((await ada.withdraw(wish(outside(1)))).body.code, 'address_not_listed', 'not before its time');
  clock.nowMs += 24 * HOUR_MS;
  await ada.signIn();
  t.is((await ada.withdraw(wish(outside(1)))).status, 201);
  const bitcoin = { asset: 'BTC', amount: '1', address: outside(1) };
  t.is((await ada.withdraw(bitcoin)).body.code, 'address_not_listed', 'it is listed for another asset');

  t.is((await ada.withdraw(wish(outside(2)))).body.code, 'address_not_listed');
  t.false((await only(false)).body.allowListOnly);
  const held = await ada.withdraw(wish(outside(2)));
  t.is(held.body.code, 'withdrawals_held', 'whoever turned the list off waits a day');
  t.true((await mails()).some(({ subject }) => subject === 'Withdrawals may go to any address again'));
  clock.nowMs += 24 * HOUR_MS;
  await ada.signIn();
  t.is((await ada.withdraw(wish(outside(2)))).status, 201);

  await only(true);
  t.is((await ada.send('DELETE', `/v1/withdrawal-addresses/${listed.id}`)).status, 204);
  t.is((await ada.send('DELETE', `/v1/withdrawal-addresses/${listed.id}`)).body.code, 'not_found');
  t.is((await ada.withdraw(wish(outside(1)))).body.code, 'address_not_listed');
  t.is((await ada.send('GET', '/v1/withdrawal-addresses')).body.addresses.length, 0);
});
