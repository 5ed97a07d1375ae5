import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import pino from 'pino';
import { endSessionsOf } from '../../../src/db/sessions.ts';
import { watchSessionEnds } from '../../../src/http/auth/session-ends.ts';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';

const email = 'ada@example.com';
const NEXT = 'another long password';

async function signInAgain(gateway: Awaited<ReturnType<typeof startGateway>>, password = PASSWORD) {
  const headers = { 'user-agent': 'a second browser' };
  const { body } = await gateway.request('POST', '/v1/auth/login', { body: { email, password }, headers });
  return body;
}

test('lists the sessions that are alive, and says which one asks', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const first = await gateway.signUp(email);
  gateway.clock.nowMs += 1_000;
  const second = await signInAgain(gateway);
  const { body } = await gateway.request('GET', '/v1/sessions', { token: first.accessToken });
  t.deepEqual(
    body.items.map(({ id, isCurrent }: { id: string; isCurrent: boolean }) => [id, isCurrent]),
    [
      [second.sessionId, false],
      [first.sessionId, true],
    ],
  );
  t.like(body.items[0], { ip: '127.0.0.1', userAgent: 'a second browser' });
});

test('one session is ended, or all others; what is not one’s own is not found', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const mine = await gateway.signUp(email);
  const theirs = await gateway.signUp('bob@example.com');
  const [second, third] = [await signInAgain(gateway), await signInAgain(gateway)];
  const me = ({ accessToken: token }: { accessToken: string }) => gateway.request('GET', '/v1/me', { token });
  const end = (path: string) => gateway.request('DELETE', path, { token: mine.accessToken });
  t.is((await me(second)).status, 200);

  t.is((await end(`/v1/sessions/${second.sessionId}`)).status, 204);
  t.is((await me(second)).status, 401);
  t.is((await end(`/v1/sessions/${second.sessionId}`)).body.code, 'not_found');
  t.is((await end(`/v1/sessions/${theirs.sessionId}`)).body.code, 'not_found');
  t.is((await end('/v1/sessions/..%2f')).status, 400);
  t.is((await me(theirs)).status, 200);

  t.deepEqual((await end('/v1/sessions')).body, { ended: 1 });
  t.is((await me(third)).status, 401);
  t.is((await me(mine)).status, 200);
  t.is(
    (await gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken: third.refreshToken } }))
      .status,
    401,
  );
});

test('a new password ends every session and begins one', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const first = await gateway.signUp(email);
  const second = await signInAgain(gateway);
  const change = (currentPassword: string, newPassword: string, token = first.accessToken) =>
    gateway.request('POST', '/v1/me/password', { token, body: { currentPassword, newPassword } });

  t.is((await change('not the password', NEXT)).body.code, 'invalid_credentials');
  t.is((await change(PASSWORD, 'too short')).body.code, 'invalid_request');
  t.is((await gateway.request('GET', '/v1/me', { token: first.accessToken })).status, 200);

  const changed = await change(PASSWORD, NEXT);
  t.is(changed.status, 200);
  for (const { accessToken, refreshToken } of [first, second]) {
    t.is((await gateway.request('GET', '/v1/me', { token: accessToken })).status, 401);
    const refreshed = await gateway.request('POST', '/v1/auth/refresh', { body: { refreshToken } });
    t.is(refreshed.status, 401);
  }
  t.is((await gateway.request('GET', '/v1/me', { token: changed.body.accessToken })).status, 200);
  t.is((await signInAgain(gateway)).code, 'invalid_credentials');
  t.is(typeof (await signInAgain(gateway, NEXT)).accessToken, 'string');
});

test('of several changes of the password at once one is made, and one session is left', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const { accessToken: token } = await gateway.signUp(email);
  const replies = await Promise.all(
    [1, 2, 3].map((number) =>
      gateway.request('POST', '/v1/me/password', {
        token,
        body: { currentPassword: PASSWORD, newPassword: `${NEXT} ${number}` },
      }),
    ),
  );
  const made = replies.filter(({ status }) => status === 200);
  t.is(made.length, 1);
  const { body } = await gateway.request('GET', '/v1/sessions', { token: made[0]!.body.accessToken });
  t.is(body.items.length, 1);
});

test('guesses at the current password are limited', async (t) => {
  const attemptLimits = { windowSeconds: 60, perAddressAndPerson: 3, perAddress: 100, perPerson: 100 };
  const gateway = await startGateway(t, exchangeThatIs(true), { attemptLimits });
  const { accessToken: token } = await gateway.signUp(email);
  const guess = () =>
    gateway.request('POST', '/v1/me/password', {
      token,
      body: { currentPassword: 'a guess', newPassword: NEXT },
    });
  for (let count = 0; count < 3; count += 1) t.is((await guess()).status, 401);
  const limited = await guess();
  t.is(limited.status, 429);
  t.true(Number(limited.headers.get('retry-after')) > 0);
});

test('a session that another process ended is refused within a second, and listeners are told once', async (t) => {
  const gateway = await startGateway(t, exchangeThatIs(true));
  const watch = watchSessionEnds(gateway.pool, gateway.tokens, pino({ level: 'silent' }));
  t.teardown(() => watch.stop());
  const { accessToken: token, sessionId } = await gateway.signUp(email);
  const told: string[] = [];
  gateway.tokens.onSessionEnded((id) => told.push(id));
  t.is((await gateway.request('GET', '/v1/me', { token })).status, 200);

  const endedAtMs = performance.now();
  await endSessionsOf(gateway.pool, 1, 'ended_by_operator', Date.now());
  while ((await gateway.request('GET', '/v1/me', { token })).status === 200) {
    t.true(performance.now() - endedAtMs < 10_000);
    await delay(20);
  }
  t.log(`refused after ${Math.round(performance.now() - endedAtMs)} ms`);
  await delay(1_200);
  t.deepEqual(told, [sessionId]);
});
