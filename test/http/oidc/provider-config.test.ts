import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigError, readConfig } from '../../../src/config.ts';

const SECRET = 'the secret of the client';
/** Nothing that development would make a file of in the data directory. */
const WITHOUT_FILES = {
  DATA_DIR: '/nonexistent',
  JWT_SECRET: 'x'.repeat(32),
  DATA_KEY: 'x'.repeat(32),
  SIMULATED_NETWORK: 'off',
};
const GOOD = { id: 'example', name: 'Example', issuer: 'https://id.example.com', clientId: 'bourse' };

async function reader(t: ExecutionContext) {
  const directory = await mkdtemp(join(tmpdir(), 'bourse-providers-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'providers.json');
  return async (content: unknown) => {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readConfig({ DATA_DIR: directory, OIDC_PROVIDERS: file }).oidcProviders;
  };
}

test('providers are read from a file; without one there are none', async (t) => {
  const read = await reader(t);
  t.deepEqual(readConfig(WITHOUT_FILES).oidcProviders, []);
  t.deepEqual(await read([{ ...GOOD, clientSecret: SECRET }]), [
    { ...GOOD, clientSecret: SECRET, scopes: ['openid', 'email'] },
  ]);
  for (const issuer of [
    'http://localhost:4000',
    'http://127.0.0.1:4000/realm',
    'http://[::1]:1',
    'https://a.example.com/b/',
  ])
    t.is((await read([{ ...GOOD, issuer }]))[0]!.issuer, issuer);
});

test('a file that is wrong is told with what is wrong, and without its secrets', async (t) => {
  const read = await reader(t);
  const wrong: Record<string, readonly [content: unknown, says: RegExp]> = {
    'not JSON': [`[{"clientSecret": "${SECRET}"`, /not valid JSON/],
    'no list': [GOOD, /expected array/],
    'an empty list': [[], /not a list of providers/],
    'an unknown field': [[{ ...GOOD, secret: SECRET }], /secret/],
    'a number': [[{ ...GOOD, clientId: 1 }], /\/0\/clientId/],
    'no issuer': [[{ ...GOOD, issuer: undefined }], /\/0\/issuer/],
    'an issuer in the clear': [[{ ...GOOD, issuer: 'http://id.example.com' }], /https/],
    'an issuer that looks like this machine': [
      [{ ...GOOD, issuer: 'http://localhost.example.com' }],
      /https/,
    ],
    'an issuer with a query': [[{ ...GOOD, issuer: 'https://id.example.com?x' }], /https/],
    'an issuer with a password': [[{ ...GOOD, issuer: 'https://a:b@id.example.com' }], /https/],
    'not openid': [[{ ...GOOD, scopes: ['email'] }], /openid/],
    'an id that is no word': [[{ ...GOOD, id: 'Ex ample' }], /\/0\/id/],
    'an empty secret': [[{ ...GOOD, clientSecret: '' }], /\/0\/clientSecret/],
    'one id twice': [[GOOD, { ...GOOD, issuer: 'https://b.example.com' }], /same id/],
    'one issuer twice': [[GOOD, { ...GOOD, id: 'other' }], /same issuer/],
  };
  for (const [what, [content, says]] of Object.entries(wrong)) {
    const withSecret = Array.isArray(content)
      ? content.map((one) => ({ clientSecret: SECRET, ...one }))
      : content;
    const error = await t.throwsAsync(read(withSecret), { instanceOf: ConfigError }, what);
    t.regex(error!.message, /^OIDC_PROVIDERS: /, what);
    t.regex(error!.message, says, what);
    t.false(error!.message.includes(SECRET), what);
  }
  t.throws(
    () =>
      readConfig({
        ...WITHOUT_FILES,
        OIDC_PROVIDERS: '/nonexistent/file',
      }),
    {
      instanceOf: ConfigError,
      message: /OIDC_PROVIDERS: \/nonexistent\/file can’t be read/,
    },
  );
});
