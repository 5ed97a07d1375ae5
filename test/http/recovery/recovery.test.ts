import test, { type ExecutionContext } from 'ava';
import { TOTP } from 'otpauth';
import { sql } from 'slonik';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway } from '../gateway.ts';

const email = 'ada@example.com';
const NEW = 'an entirely new pass phrase';

function actions(gateway: TestGateway) {
  const post = (path: string, body: object, token?: string) =>
    gateway.request('POST', path, { body, ...(token === undefined ? {} : { token }) });
  return {
    post,
    register: (password = PASSWORD) => post('/v1/auth/register', { email, password }),
    logIn: (password = PASSWORD) => post('/v1/auth/login', { email, password }),
    confirm: (token: string, password = PASSWORD) => post('/v1/auth/confirm-email', { token, password }),
    resend: (address = email) => post('/v1/auth/resend-confirmation', { email: address }),
    ask: (address = email) => post('/v1/auth/password-resets', { email: address }),
    complete: (token: string, password = NEW) =>
      post('/v1/auth/password-resets/complete', { token, password }),
    subjects: async () => (await gateway.mails()).map(({ subject }) => subject),
  };
}

async function start(t: ExecutionContext, options: Parameters<typeof startGateway>[2] = {}) {
  const gateway = await startGateway(t, exchangeThatIs(true), options);
  return { gateway, ...actions(gateway) };
}

test('who registers signs in once the address is confirmed; the token is good once, and for a day', async (t) => {
  const { gateway, register, logIn, confirm, resend } = await start(t);
  t.is((await register()).status, 202);
  const early = await logIn();
  t.like([early.status, early.body.code], [403, 'email_unconfirmed']);
  t.is(
    (await logIn('a wrong password')).body.code,
    'invalid_credentials',
    'only who has the password is told',
  );

  const first = await gateway.mailedToken(email);
  gateway.clock.nowMs += 24 * 3_600_000;
  t.is((await confirm(first)).body.code, 'invalid_mail_token');
  t.is((await resend()).status, 202);
  const second = await gateway.mailedToken(email);
  t.not(first, second);
  const replies = await Promise.all([1, 2, 3].map(() => confirm(second)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [204, 422, 422]);
  t.is((await logIn()).status, 200);
  t.is((await confirm('x'.repeat(43))).body.code, 'invalid_mail_token');
  t.is((await confirm('short')).body.code, 'invalid_request');

  const audit = JSON.stringify(await gateway.pool.any(sql.unsafe`select payload from audit_log`));
  t.true(audit.includes('email.confirmed'));
  const rest = JSON.stringify(await gateway.pool.any(sql.unsafe`select m::text from mails m`));
  for (const token of [first, second]) {
    t.false(audit.includes(token));
    t.false(rest.includes(token));
  }
});

test('registering again tells the owner and nobody else, and leaves his password alone', async (t) => {
  const { gateway, register, logIn, subjects } = await start(t);
  await gateway.signUp(email);
  const again = await register(NEW);
  t.deepEqual([again.status, again.body], [202, { email }]);
  t.is((await logIn(NEW)).body.code, 'invalid_credentials');
  t.is((await logIn()).status, 200);
  await register(NEW);
  t.deepEqual(await subjects(), ['Confirm your e-mail address', 'You have an account already']);
});

test('a password that somebody chose for an address of others is not good once its owner has registered', async (t) => {
  const { gateway, register, logIn, confirm } = await start(t);
  await register('the choice of an impostor');
  const first = await gateway.mailedToken(email);
  gateway.clock.nowMs += 60_000;
  await register();
  t.is((await confirm(first)).body.code, 'invalid_mail_token');
  t.is((await confirm(await gateway.mailedToken(email))).status, 204);
  t.is((await logIn('the choice of an impostor')).body.code, 'invalid_credentials');
  t.is((await logIn()).status, 200);
});

test('who registers with the address of another gets no account that its owner confirms, whoever comes first', async (t) => {
  const { gateway, register, logIn, confirm, ask, complete } = await start(t);
  const IMPOSTOR = 'the choice of an impostor';
  // Within a minute the owner is not mailed again, and the link is that of the impostor's password.
  await register(IMPOSTOR);
  await register();
  const token = await gateway.mailedToken(email);
  const refused = await confirm(token);
  t.like([refused.status, refused.body.code], [401, 'invalid_credentials']);
  t.is((await logIn(IMPOSTOR)).body.code, 'email_unconfirmed');
  // Later the impostor's may be the newest: it is the same.
  gateway.clock.nowMs += 60_000;
  await register();
  gateway.clock.nowMs += 60_000;
  await register(IMPOSTOR);
  t.is((await confirm(await gateway.mailedToken(email))).body.code, 'invalid_credentials');
  t.is((await logIn(IMPOSTOR)).body.code, 'email_unconfirmed');
  // The owner has the mailbox.
  await ask();
  t.is((await complete(await gateway.mailedToken(email))).status, 204);
  t.is((await logIn(NEW)).status, 200);
  t.is((await logIn(IMPOSTOR)).body.code, 'invalid_credentials');
});

test('a changed password voids the link for a new one', async (t) => {
  const { gateway, post, ask, complete, logIn } = await start(t);
  const { accessToken } = await gateway.signUp(email);
  await ask();
  const token = await gateway.mailedToken(email);
  const change = { currentPassword: PASSWORD, newPassword: 'the owner has changed it' };
  t.is((await post('/v1/me/password', change, accessToken)).status, 200);
  t.is((await complete(token)).body.code, 'invalid_mail_token');
  t.is((await logIn(change.newPassword)).status, 200);
});

test('asking for mails answers the same for known and unknown, and floods nobody', async (t) => {
  const { gateway, ask, resend, subjects } = await start(t);
  await gateway.signUp(email);
  const before = (await subjects()).length;
  for (const asking of [ask, resend]) {
    const [known, unknown] = [await asking(), await asking('nobody@example.com')];
    t.is(known.status, 202);
    t.is(unknown.status, 202);
    t.deepEqual(Object.keys(known.body), Object.keys(unknown.body));
    t.is(known.headers.get('content-type'), unknown.headers.get('content-type'));
  }
  for (let count = 0; count < 5; count += 1) await ask();
  // Resending to who has confirmed mails nothing.
  t.deepEqual((await subjects()).slice(before), ['Set a new password']);
  const mails = await gateway.mails();
  t.true(mails.every(({ to }) => to === email));
});

test('mails are limited for one address and person, not for the person from elsewhere', async (t) => {
  const attemptLimits = { windowSeconds: 60, perAddressAndPerson: 2, perAddress: 100, perPerson: 1 };
  const { gateway, ask } = await start(t, { attemptLimits, transport: { trustProxy: true } });
  await gateway.signUp(email);
  t.is((await ask()).status, 202);
  t.is((await ask()).status, 202);
  t.is((await ask()).status, 429);
  const headers = { 'x-forwarded-for': '198.51.100.7' };
  const elsewhere = await gateway.request('POST', '/v1/auth/password-resets', { body: { email }, headers });
  t.is(elsewhere.status, 202);
});

test('a reset sets the password, ends every session, and tells the owner; the token is good once', async (t) => {
  const { gateway, ask, complete, logIn, subjects } = await start(t);
  const { accessToken } = await gateway.signUp(email);
  await ask();
  const token = await gateway.mailedToken(email);
  t.is((await complete(token, 'too short')).body.code, 'invalid_request');
  t.is((await complete(token, 'qwertyqwertyqwerty')).body.code, 'predictable_password');
  t.is(
    (await complete(token, '1qaz2wsx3edc4rfv')).body.code,
    'breached_password',
    'and the token stays good',
  );
  const replies = await Promise.all([1, 2, 3].map((n) => complete(token, `${NEW} number ${n}`)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [204, 422, 422]);
  const winner = replies.findIndex(({ status }) => status === 204) + 1;
  t.is((await gateway.request('GET', '/v1/me', { token: accessToken })).status, 401);
  t.is((await logIn()).body.code, 'invalid_credentials');
  t.is((await logIn(`${NEW} number ${winner}`)).status, 200);
  t.is((await complete(token)).body.code, 'invalid_mail_token');
  t.is((await subjects()).at(-1), 'Your password was reset');
});

test('expired and replaced tokens, and those for something else, set no password', async (t) => {
  const { gateway, ask, complete, register, confirm, logIn } = await start(t);
  await register();
  const forConfirming = await gateway.mailedToken(email);
  t.is((await complete(forConfirming)).body.code, 'invalid_mail_token');
  await ask();
  const first = await gateway.mailedToken(email);
  t.is((await confirm(first)).body.code, 'invalid_mail_token');
  gateway.clock.nowMs += 10 * 60_000;
  await ask();
  const second = await gateway.mailedToken(email);
  t.is((await complete(first)).body.code, 'invalid_mail_token', 'replaced');
  gateway.clock.nowMs += 30 * 60_000;
  t.is((await complete(second)).body.code, 'invalid_mail_token', 'expired');
  await ask();
  t.is((await complete(await gateway.mailedToken(email))).status, 204);
  t.is((await logIn(NEW)).status, 200, 'the mail has shown that the address is his');
  t.is((await confirm(forConfirming)).body.code, 'invalid_mail_token');
});

test('a reset does not get past the second factor, nor do sign-ins that had begun', async (t) => {
  const { gateway, post, ask, complete, logIn, subjects } = await start(t);
  const { accessToken } = await gateway.signUp(email);
  const { body: begun } = await post('/v1/me/totp', { password: PASSWORD }, accessToken);
  const totp = new TOTP({ secret: begun.secret });
  const codeAt = () => totp.generate({ timestamp: gateway.clock.nowMs });
  const { body: added } = await post('/v1/me/totp/confirm', { code: codeAt() }, accessToken);
  const { body: halfway } = await logIn();
  await ask();
  t.is((await complete(await gateway.mailedToken(email))).status, 204);
  gateway.clock.nowMs += 30_000;
  const old = await post('/v1/auth/second-factor', { challenge: halfway.challenge, code: codeAt() });
  t.is(old.body.code, 'invalid_challenge');
  const login = await logIn(NEW);
  t.is(login.status, 202);
  t.is(login.body.accessToken, undefined);
  const done = await post('/v1/auth/second-factor', {
    challenge: login.body.challenge,
    code: added.recoveryCodes[0],
  });
  t.is(done.status, 200);
  t.deepEqual((await subjects()).slice(-4), [
    'A second factor was added',
    'Set a new password',
    'Your password was reset',
    'A recovery code was used',
  ]);
});

test('the owner is told of a new password and of a new key, and of nothing that was refused', async (t) => {
  const { gateway, post, subjects } = await start(t);
  const { accessToken } = await gateway.signUp(email);
  const key = { name: 'k', algorithm: 'hmac-sha256', scopes: ['read'] };
  await post('/v1/me/api-keys', { ...key, password: 'a wrong password' }, accessToken);
  await post('/v1/me/api-keys', { ...key, password: PASSWORD }, accessToken);
  const change = { currentPassword: PASSWORD, newPassword: NEW };
  const common = { ...change, newPassword: '1qaz2wsx3edc4rfv' };
  t.is((await post('/v1/me/password', common, accessToken)).body.code, 'breached_password');
  t.is((await post('/v1/me/password', change, accessToken)).status, 200);
  t.deepEqual((await subjects()).slice(1), ['A new API key was added', 'Your password was changed']);
});

test('registering refuses what is known from breaches or easy to guess', async (t) => {
  const { register, logIn } = await start(t);
  t.like(await register('1QAZ2wsx3edc4rfv'), { status: 422, body: { code: 'breached_password' } });
  t.is((await register('ada@example.com')).body.code, 'predictable_password');
  t.is((await logIn('1QAZ2wsx3edc4rfv')).body.code, 'invalid_credentials');
});

test('the pages behind the links need nothing from elsewhere and take nothing from the address', async (t) => {
  const { gateway } = await start(t);
  for (const path of ['/confirm-email', '/reset-password']) {
    const page = await gateway.request('GET', `${path}?token=%3Cscript%3E`);
    t.is(page.status, 200);
    t.regex(page.headers.get('content-type')!, /^text\/html/);
    const policy = page.headers.get('content-security-policy')!;
    t.regex(
      policy,
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self';/,
    );
    t.regex(policy, /form-action 'none'; frame-ancestors 'none'$/);
    t.is(page.headers.get('referrer-policy'), 'no-referrer');
    t.false(/https?:\/\/|src=|href=|token=|unsafe/.test(page.body));
    t.regex(page.body, /name="viewport"/);
    t.regex(page.body, /prefers-color-scheme:dark/);
  }
});
