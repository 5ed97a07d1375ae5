import test from 'ava';
import { TOTP } from 'otpauth';
import { listWithdrawalHolds } from '../../../src/db/withdrawal-holds.ts';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';

const email = 'ada@example.com';
const DAY_MS = 24 * 3_600_000;
const STEP_MS = 30_000;

test('every change of the sign-in holds withdrawals for a day, and a try that fails does not', async (t) => {
  const { request, signUp, pool, clock } = await startGateway(t, exchangeThatIs(true));
  clock.nowMs = Math.floor(clock.nowMs / STEP_MS) * STEP_MS + STEP_MS / 2;
  let { accessToken: token } = await signUp(email);
  const post = (path: string, body: object) => request('POST', path, { token, body });
  const me = async () => (await request('GET', '/v1/me', { token })).body;
  const { userId } = await me();
  const reasons = async () =>
    (await listWithdrawalHolds(pool, Number(userId), clock.nowMs)).map(({ reason }) => reason);
  t.is((await me()).withdrawalsHeldUntil, null);
  const change = { currentPassword: PASSWORD, newPassword: 'another good password' };
  await post('/v1/me/password', { ...change, currentPassword: 'a wrong one' });
  t.deepEqual(await reasons(), []);

  ({ accessToken: token } = (await post('/v1/me/password', change)).body);
  t.deepEqual(await reasons(), ['password_changed']);
  t.is((await me()).withdrawalsHeldUntil, new Date(clock.nowMs + DAY_MS).toISOString());

  const password = change.newPassword;
  const totp = new TOTP({ secret: (await post('/v1/me/totp', { password })).body.secret });
  const code = () => totp.generate({ timestamp: clock.nowMs });
  const wrong = code() === '000000' ? '111111' : '000000';
  await post('/v1/me/totp/confirm', { code: wrong });
  t.deepEqual(await reasons(), ['password_changed']);
  clock.nowMs += STEP_MS;
  const confirmed = (await post('/v1/me/totp/confirm', { code: code() })).body;
  token = confirmed.session.accessToken;
  t.deepEqual(await reasons(), ['factor_added', 'password_changed']);

  // An ordinary code holds nothing, a recovery code does: whoever has it may have found the paper.
  clock.nowMs += STEP_MS;
  t.is((await post('/v1/auth/step-up', { code: code() })).status, 204);
  t.is((await reasons()).length, 2);
  clock.nowMs += STEP_MS;
  t.is((await post('/v1/auth/step-up', { code: confirmed.recoveryCodes[0] })).status, 204);
  t.deepEqual(await reasons(), ['recovery_code_used', 'factor_added', 'password_changed']);
  clock.nowMs += STEP_MS;
  ({ accessToken: token } = (await post('/v1/me/totp/remove', { password, code: code() })).body);
  t.is((await reasons())[0], 'factor_removed');
  t.is((await me()).withdrawalsHeldUntil, new Date(clock.nowMs + DAY_MS).toISOString());

  clock.nowMs += DAY_MS;
  const { body } = await request('POST', '/v1/auth/login', { body: { email, password } });
  token = body.accessToken;
  t.is((await me()).withdrawalsHeldUntil, null);
});
