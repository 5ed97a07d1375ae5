import test, { type ExecutionContext } from 'ava';
import { TOTP } from 'otpauth';
import { sql } from 'slonik';
import { exchangeThatIs, PASSWORD, startGateway, type TestGateway } from '../gateway.ts';

const email = 'ada@example.com';
const STEP_MS = 30_000;

/** Somebody with an authenticator, at a moment in the middle of a time step. */
async function startWithTotp(t: ExecutionContext) {
  const gateway = await startGateway(t, exchangeThatIs(true));
  gateway.clock.nowMs = Math.floor(gateway.clock.nowMs / STEP_MS) * STEP_MS + STEP_MS / 2;
  const first = await gateway.signUp(email);
  const post = (path: string, body: unknown, token?: string) =>
    gateway.request('POST', path, { body, ...(token === undefined ? {} : { token }) });
  const begun = await post('/v1/me/totp', { password: PASSWORD }, first.accessToken);
  t.is(begun.status, 201);
  const totp = new TOTP({ secret: begun.body.secret });
  /** The code of this time step, or of one before or after it. */
  const code = (steps = 0) => totp.generate({ timestamp: gateway.clock.nowMs + steps * STEP_MS });
  const confirmed = await post('/v1/me/totp/confirm', { code: code() }, first.accessToken);
  t.is(confirmed.status, 200);
  const { recoveryCodes, session } = confirmed.body;
  const nextStep = () => {
    gateway.clock.nowMs += STEP_MS;
  };
  const logIn = async () =>
    (await post('/v1/auth/login', { email, password: PASSWORD })).body as { challenge: string };
  const finish = async (shown: string, challenge?: string) =>
    post('/v1/auth/second-factor', {
      challenge: challenge ?? (await logIn()).challenge,
      code: shown,
    });
  return { gateway, post, first, begun, code, recoveryCodes, session, nextStep, logIn, finish };
}

const statusOf = async (gateway: TestGateway, token: string) =>
  (await gateway.request('GET', '/v1/me', { token })).status;

test('with an authenticator, a password alone opens nothing', async (t) => {
  const { gateway, first, begun, code, session, nextStep, logIn, finish, post } = await startWithTotp(t);
  t.regex(begun.body.uri, /^otpauth:\/\/totp\/Bourse:ada%40example\.com\?issuer=Bourse&secret=[A-Z2-7]{32}&/);
  t.is(await statusOf(gateway, first.accessToken), 401, 'what was open before is closed');
  const me = await gateway.request('GET', '/v1/me', { token: session.accessToken });
  t.deepEqual(me.body.secondFactor, { totp: true, passkeys: 0, recoveryCodesLeft: 10 });

  nextStep();
  const login = await post('/v1/auth/login', { email, password: PASSWORD });
  t.is(login.status, 202);
  t.deepEqual(Object.keys(login.body).sort(), ['challenge', 'expiresIn', 'factors']);
  const wrong = code() === '000000' ? '111111' : '000000';
  t.is((await finish(wrong, login.body.challenge)).body.code, 'invalid_code');
  t.is((await finish(code(), 'x'.repeat(43))).body.code, 'invalid_challenge');
  const opened = await finish(code(), login.body.challenge);
  t.is(opened.status, 200);
  t.is(await statusOf(gateway, opened.body.accessToken), 200);

  nextStep();
  t.is(
    (await finish(code(), login.body.challenge)).body.code,
    'invalid_challenge',
    'a challenge is good once',
  );
  const { challenge } = await logIn();
  gateway.clock.nowMs += 5 * 60_000;
  t.is((await finish(code(), challenge)).body.code, 'invalid_challenge', 'and not for long');
});

test('a code is good once, even when it is shown many times at once', async (t) => {
  const { code, nextStep, logIn, finish } = await startWithTotp(t);
  nextStep();
  const challenges = await Promise.all(Array.from({ length: 8 }, () => logIn()));
  const replies = await Promise.all(challenges.map(({ challenge }) => finish(code(), challenge)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(7).fill(422)]);
  t.is((await finish(code())).body.code, 'invalid_code');
  // A clock may be a step off, but a step that is past is past.
  t.is((await finish(code(-1))).body.code, 'invalid_code');
  t.is((await finish(code(1))).status, 200);
  t.is((await finish(code())).body.code, 'invalid_code');
});

test('a code that is two steps off is wrong', async (t) => {
  const { code, nextStep, finish } = await startWithTotp(t);
  for (let count = 0; count < 4; count += 1) nextStep();
  t.is((await finish(code(-2))).body.code, 'invalid_code');
  t.is((await finish(code(2))).body.code, 'invalid_code');
});

test('ten wrong codes an hour are looked at and no more, from wherever they come; right ones don’t count', async (t) => {
  const { gateway, code, nextStep, finish, logIn } = await startWithTotp(t);
  for (let count = 0; count < 3; count += 1) {
    nextStep();
    t.is((await finish(code())).status, 200);
  }
  nextStep();
  const wrong = code(50);
  const { challenge } = await logIn();
  const replies = await Promise.all(Array.from({ length: 14 }, () => finish(wrong, challenge)));
  t.deepEqual(replies.map(({ status }) => status).sort(), [...Array(10).fill(422), ...Array(4).fill(429)]);
  const late = await finish(code(), challenge);
  t.is(late.status, 429);
  t.true(Number(late.headers.get('retry-after')) > 3_000);
  const events = await gateway.pool.oneFirst(
    sql.unsafe`select count(*) from audit_log where action = 'factor.refused'`,
  );
  t.is(events, 10n);
});

test('a recovery code stands for a code, once, however it is typed', async (t) => {
  const { gateway, recoveryCodes, finish, post, code, nextStep } = await startWithTotp(t);
  t.is(new Set(recoveryCodes).size, 10);
  for (const recoveryCode of recoveryCodes)
    t.regex(recoveryCode, /^[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}$/, '120 bits');
  const [one, other] = recoveryCodes as [string, string];
  const opened = await finish(one.toLowerCase().replaceAll('-', ' '));
  t.is(opened.status, 200);
  t.is((await finish(one)).body.code, 'invalid_code');
  const { accessToken: token } = opened.body;
  const left = async () =>
    (await gateway.request('GET', '/v1/me', { token })).body.secondFactor.recoveryCodesLeft;
  t.is(await left(), 9);
  nextStep();
  const renewed = await post('/v1/me/recovery-codes', { code: code() }, token);
  t.is(renewed.body.recoveryCodes.length, 10);
  t.is(await left(), 10);
  t.is((await finish(other)).body.code, 'invalid_code', 'old ones are good no more');
  t.is((await finish(renewed.body.recoveryCodes[0])).status, 200);
});

test('what changes the sign-in takes a fresh second factor', async (t) => {
  const { gateway, session, post, code, nextStep } = await startWithTotp(t);
  const token = session.accessToken;
  const change = () =>
    post('/v1/me/password', { currentPassword: PASSWORD, newPassword: 'another long password' }, token);
  gateway.clock.nowMs += 11 * 60_000;
  t.is((await change()).body.code, 'step_up_required');
  nextStep();
  t.is((await post('/v1/auth/step-up', { code: code(40) }, token)).body.code, 'invalid_code');
  t.is((await post('/v1/auth/step-up', { code: code() }, token)).status, 204);
  const changed = await change();
  t.is(changed.status, 200);
  t.is(await statusOf(gateway, token), 401);
});

test('an authenticator is taken away with password and code, and every session with it', async (t) => {
  const { gateway, session, post, code, nextStep, logIn, finish } = await startWithTotp(t);
  const token = session.accessToken;
  const waiting = await logIn();
  nextStep();
  const remove = (password: string, shown: string) =>
    post('/v1/me/totp/remove', { password, code: shown }, token);
  t.is((await remove('wrong', code())).body.code, 'invalid_credentials');
  t.is((await remove(PASSWORD, code(30))).body.code, 'invalid_code');
  t.is((await post('/v1/me/totp', { password: PASSWORD }, token)).body.code, 'second_factor_exists');
  const removed = await remove(PASSWORD, code());
  t.is(removed.status, 200);
  t.is(await statusOf(gateway, token), 401);
  t.is((await finish(code(1), waiting.challenge)).body.code, 'invalid_challenge');
  t.is((await post('/v1/auth/login', { email, password: PASSWORD })).status, 200);
});

test('one that was begun and not confirmed changes nothing, and its first code must be right', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken: token } = await gateway.signUp(email);
  const post = (path: string, body: unknown) => gateway.request('POST', path, { token, body });
  t.is((await post('/v1/me/totp/confirm', { code: '123456' })).body.code, 'no_second_factor');
  t.is((await post('/v1/me/totp', { password: 'wrong' })).body.code, 'invalid_credentials');
  const { body: begun } = await post('/v1/me/totp', { password: PASSWORD });
  const { body: again } = await post('/v1/me/totp', { password: PASSWORD });
  t.not(begun.secret, again.secret);
  const codeOf = (secret: string) => new TOTP({ secret }).generate({ timestamp: gateway.clock.nowMs });
  t.is((await post('/v1/me/totp/confirm', { code: codeOf(begun.secret) })).body.code, 'invalid_code');
  t.is((await post('/v1/auth/step-up', { code: codeOf(again.secret) })).body.code, 'invalid_code');
  const login = { email, password: PASSWORD };
  t.is((await gateway.request('POST', '/v1/auth/login', { body: login })).status, 200);
});

test('neither the database nor the audit log tells a secret or a code', async (t) => {
  const { gateway, begun, recoveryCodes, code } = await startWithTotp(t);
  const rows = await gateway.pool.any(sql.unsafe`
    select sealed_secret::text as sealed from totp_factors
    union all select code_hash::text from recovery_codes union all select payload from audit_log`);
  const text = JSON.stringify(rows);
  const raw = Buffer.from(new TOTP({ secret: begun.body.secret }).secret.bytes).toString('hex');
  for (const secret of [begun.body.secret, raw, code(), ...recoveryCodes]) t.false(text.includes(secret));
});
