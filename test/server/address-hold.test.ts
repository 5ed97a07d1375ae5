import test from 'ava';
import { TOTP } from 'otpauth';
import { createRestClient } from '../../examples/client/rest.ts';
import { logIn } from '../../examples/client/sign-in.ts';
import { simulatedAddress } from '../../src/custody/simulated/simulated-address.ts';
import { bourse } from '../cli/run.ts';
import { startTestExchange } from '../support/running-exchange.ts';

test('a listed address waits as long as the configuration says, whatever holds withdrawals', async (t) => {
  const { config, baseUrl } = await startTestExchange(t, {
    withdrawalHoldHours: 1,
    withdrawalAddressHoldHours: 48,
    custody: { simulatedSecret: 'a secret of the simulated network' },
  });
  const rest = createRestClient(baseUrl);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { email: string; password: string },
  ];
  const { password } = ada;
  let token = await (await logIn(rest, ada)).accessToken();
  const send = <Body>(path: string, body: object) => rest.request<Body>('POST', path, { token, body });
  const totp = new TOTP({ secret: (await send<{ secret: string }>('/v1/me/totp', { password })).secret });
  const code = totp.generate();
  const added = await send<{ session: { accessToken: string } }>('/v1/me/totp/confirm', { code });
  token = added.session.accessToken;
  const listed = await send<{ usableFrom: string; createdAt: string }>('/v1/withdrawal-addresses', {
    label: 'cold wallet',
    network: 'simulated',
    address: simulatedAddress('somebody else', 1),
    // A clock may be a step ahead.
    code: totp.generate({ timestamp: Date.now() + 30_000 }),
  });
  t.is(Date.parse(listed.usableFrom) - Date.parse(listed.createdAt), 48 * 3_600_000);
  const me = await rest.request<{ withdrawalsHeldUntil: string }>('GET', '/v1/me', { token });
  t.true(Date.parse(me.withdrawalsHeldUntil) < Date.now() + 3_600_001);
});
