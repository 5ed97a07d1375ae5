import test from 'ava';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';

const email = 'alice@example.com';

test('a weak password is refused when it is chosen, whether or not the address has a user', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const register = (password: string, who = email) =>
    gateway.request('POST', '/v1/auth/register', { body: { email: who, password } });
  t.like((await register('leavemealone')).body, { code: 'breached_password', status: 422 });
  const logIn = (password: string) =>
    gateway.request('POST', '/v1/auth/login', { body: { email, password } });
  t.is((await logIn('leavemealone')).status, 401, 'nobody was added');
  const { accessToken: token } = await gateway.signUp(email);
  t.is((await register('leavemealone')).body.code, 'breached_password');
  t.is((await register('Alice@example.com1')).body.code, 'predictable_password');

  const change = (newPassword: string) =>
    gateway.request('POST', '/v1/me/password', { token, body: { currentPassword: PASSWORD, newPassword } });
  t.is((await change('LeaveMeAlone')).body.code, 'breached_password');
  t.is((await change('alice.alice.1')).body.code, 'predictable_password');
  t.is((await logIn(PASSWORD)).status, 200, 'the password is what it was');
  t.is((await change('another fine day')).status, 200);
});
