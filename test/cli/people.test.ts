import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { TOTP } from 'otpauth';
import { sql } from 'slonik';
import { z } from 'zod';
import { createRestClient } from '../../examples/client/rest.ts';
import { logIn } from '../../examples/client/sign-in.ts';
import { createAuthenticator, type MakeOptions, type SignOptions } from '../support/authenticator.ts';
import { createDataDirectory } from '../support/database.ts';
import { startTestExchange } from '../support/running-exchange.ts';
import { bourse } from './run.ts';

test('users and operators are added with a password that signs in', async (t) => {
  const { config, baseUrl } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);

  const generated = await bourse(config, ['user', 'add', 'Ada@Example.com', '--json']);
  t.is(generated.exitCode, 0);
  const [ada] = generated.json() as { email: string; accountId: string; password: string }[];
  t.is(ada!.email, 'ada@example.com');
  t.is((await logIn(rest, ada!)).accountId, ada!.accountId);

  const password = 'correct horse battery';
  const given = await bourse(
    config,
    ['operator', 'add', 'op@example.com', '--password-stdin'],
    `${password}\n`,
  );
  t.is(given.exitCode, 0);
  t.false(given.stdout.includes(password));
  const operator = await logIn(rest, { email: 'op@example.com', password });
  const me = await rest.request<{ role: string }>('GET', '/v1/me', { token: await operator.accessToken() });
  t.is(me.role, 'admin');

  const taken = await bourse(config, ['user', 'add', 'ada@example.com', '--json']);
  t.is(taken.exitCode, 1);
  t.is(JSON.parse(taken.stderr).error.code, 'email_taken');
  t.is((await bourse(config, ['user', 'add', 'not an address'])).exitCode, 2);
  t.is((await bourse(config, ['user', 'add', 'b@example.com', '--password-stdin'], 'short\n')).exitCode, 2);
  t.is((await bourse(config, ['user', 'add', 'b@example.com', '--password-stdin'])).exitCode, 2);
});

test('sessions are ended and a lost factor is reset from the command line, and the audit log says so', async (t) => {
  const { config, baseUrl } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);
  const directory = await createDataDirectory(t);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { email: string; password: string },
  ];
  const token = await (await logIn(rest, ada)).accessToken();
  await rest.request('GET', '/v1/me', { token });
  const ended = await bourse(config, ['user', 'end-sessions', 'ada@example.com', '--json']);
  t.like(ended.json()[0]!, { ended: 1 });
  await delay(1_000);
  await t.throwsAsync(() => rest.request('GET', '/v1/me', { token }), { message: /access token/ });

  const reset = await bourse(config, ['user', 'reset-factor', 'ada@example.com', '--json']);
  t.is(JSON.parse(reset.stderr).error.code, 'no_second_factor');
  const again = await (await logIn(rest, ada)).accessToken();
  const { password } = ada;
  const { secret } = await rest.request<{ secret: string }>('POST', '/v1/me/totp', {
    token: again,
    body: { password },
  });
  const code = new TOTP({ secret }).generate();
  await rest.request('POST', '/v1/me/totp/confirm', { token: again, body: { code } });
  await t.throwsAsync(() => logIn(rest, ada), { message: /second factor/ });
  t.is((await bourse(config, ['user', 'reset-factor', 'ada@example.com'])).exitCode, 0);
  await logIn(rest, ada);

  const told = await bourse(config, ['audit', '--user', 'ada@example.com']);
  t.deepEqual(
    told.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('  ')[2]!.split(',')[0]),
    [
      'user.added done',
      'session.begun done',
      'session.ended done',
      'session.begun done',
      'factor.added done',
      'session.begun done',
      'factor.removed done',
      'session.begun done',
    ],
  );
  const file = join(directory, 'audit.jsonl');
  t.is((await bourse(config, ['audit', '--export', file])).exitCode, 0);
  t.is((await readFile(file, 'utf8')).trim().split('\n').length, 8);
  const unknown = await bourse(config, ['audit', '--user', 'nobody@example.com', '--json']);
  t.is(JSON.parse(unknown.stderr).error.code, 'user_not_found');
});

test('a lost passkey is reset from the command line, with the authenticator and the recovery codes', async (t) => {
  const publicUrl = 'https://trade.example.com';
  const { config, baseUrl, pool } = await startTestExchange(t, { publicUrl });
  const rest = createRestClient(baseUrl);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { email: string; password: string },
  ];
  const { password } = ada;
  const authenticator = createAuthenticator({ origin: publicUrl });
  const add = async (token: string) => {
    const options = await rest.request<MakeOptions>('POST', '/v1/me/passkeys/options', {
      token,
      body: { password },
    });
    const body = { name: 'phone', attestation: authenticator.make(options) };
    return rest.request<{ session: { accessToken: string } }>('POST', '/v1/me/passkeys', { token, body });
  };
  const { session } = await add(await (await logIn(rest, ada)).accessToken());
  const token = session.accessToken;
  const { secret } = await rest.request<{ secret: string }>('POST', '/v1/me/totp', {
    token,
    body: { password },
  });
  const code = new TOTP({ secret }).generate();
  await rest.request('POST', '/v1/me/totp/confirm', { token, body: { code } });
  await t.throwsAsync(() => logIn(rest, ada), { message: /second factor/ });
  t.is((await bourse(config, ['user', 'reset-factor', ada.email])).exitCode, 0);
  await logIn(rest, ada);
  const options = await rest.request<SignOptions>('POST', '/v1/auth/passkey/options');
  const body = { assertion: authenticator.sign(options) };
  await t.throwsAsync(() => rest.request('POST', '/v1/auth/passkey', { body }), { message: /passkey/ });
  t.is(await pool.oneFirst(sql.unsafe`select count(*) from recovery_codes`), 0n);
  const told = await bourse(config, ['audit', '--user', ada.email, '--json']);
  t.regex(told.stdout, /"passkeyIds":\s*\["pk_/);
  // A passkey alone is a factor to be reset, too.
  await add(await (await logIn(rest, ada)).accessToken());
  t.is((await bourse(config, ['user', 'reset-factor', ada.email])).exitCode, 0);
  t.is((await bourse(config, ['user', 'reset-factor', ada.email])).exitCode, 1);
});

test('every key of a user is revoked from the command line', async (t) => {
  const { config, baseUrl } = await startTestExchange(t);
  const rest = createRestClient(baseUrl);
  const [ada] = (await bourse(config, ['user', 'add', 'ada@example.com', '--json'])).json() as [
    { email: string; password: string },
  ];
  const token = await (await logIn(rest, ada)).accessToken();
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'], password: ada.password };
  for (const name of ['one', 'two'])
    await rest.request('POST', '/v1/me/api-keys', { token, body: { ...key, name } });
  t.like((await bourse(config, ['user', 'revoke-keys', ada.email, '--json'])).json()[0]!, { revoked: 2 });
  const { items } = await rest.request<{ items: unknown[] }>('GET', '/v1/me/api-keys', { token });
  t.deepEqual(items, []);
  t.is((await bourse(config, ['user', 'revoke-keys', 'nobody@example.com'])).exitCode, 1);
});

test('roles are given, the last admin stays, and whoever has the machine freezes accounts in an operator’s name', async (t) => {
  const { config, pool } = await startTestExchange(t);
  const run = async (...args: string[]) => {
    const result = await bourse(config, [...args, '--json']);
    return result.exitCode === 0 ? result.json()[0]! : JSON.parse(result.stderr).error.code;
  };
  t.like(await run('operator', 'add', 'olga@example.com'), { role: 'admin' });
  t.like(await run('user', 'add', 'rita@example.com', '--role', 'risk'), { role: 'risk' });
  t.is((await bourse(config, ['user', 'add', 'x@example.com', '--role', 'operator'])).exitCode, 2);
  await run('user', 'add', 'ada@example.com');
  t.is(await run('user', 'set-role', 'olga@example.com', 'viewer'), 'last_admin');
  t.is((await bourse(config, ['user', 'set-role', 'olga@example.com', 'king'])).exitCode, 2);
  t.is(await run('user', 'set-role', 'nobody@example.com', 'viewer'), 'user_not_found');

  await run('credit', 'ada@example.com', 'USDT', '100');
  const frozen = () =>
    pool.oneFirst(sql.unsafe`
      select frozen from accounts where id = (select account_id from users where email = 'ada@example.com')`);
  t.is((await bourse(config, ['user', 'freeze', 'ada@example.com'])).exitCode, 2, 'a reason is wanted');
  const because = ['--reason', 'reported stolen'];
  t.like(await run('user', 'freeze', 'ada@example.com', ...because, '--cancel-orders'), {
    frozen: true,
    canceled: [],
  });
  t.is(await frozen(), true);
  // It acts with the rights of whom it names.
  t.is(await run('market', 'fees', 'BTC-USDT', '0:1:1', '--as', 'rita@example.com'), 'forbidden');
  t.like(await run('user', 'unfreeze', 'ada@example.com', ...because, '--as', 'rita@example.com'), {
    frozen: false,
  });
  t.is(await frozen(), false);

  const entries = await pool.anyFirst(
    sql.type(z.object({ payload: z.string() }))`
      select payload from audit_log where action like 'account.%' order by entry_no`,
  );
  const rita = Number(await pool.oneFirst(sql.unsafe`select id from users where email = 'rita@example.com'`));
  t.deepEqual(
    entries
      .map((text) => JSON.parse(text))
      .map(({ action, outcome, actor }) => [action, outcome, actor.type]),
    [
      ['account.frozen', 'asked', 'command_line'],
      ['account.frozen', 'done', 'command_line'],
      ['account.unfrozen', 'asked', 'command_line'],
      ['account.unfrozen', 'done', 'command_line'],
    ],
  );
  t.is(JSON.parse(entries.at(-1)!).actor.as, rita);

  await run('user', 'set-role', 'rita@example.com', 'admin');
  t.like(await run('user', 'set-role', 'olga@example.com', 'support'), { role: 'support' });
  t.is((await bourse(config, ['replay'])).exitCode, 0, 'the log replays to the same policies');
  await pool.query(sql.unsafe`update accounts set frozen = true where kind = 'customer'`);
  const tampered = await bourse(config, ['replay']);
  t.is(tampered.exitCode, 1);
  t.regex(tampered.stdout, /FAIL {2}account policies/);
});
