import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { ExecutionContext } from 'ava';
import { browserTest, openBrowser } from '../../support/browser.ts';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';
import { statusOf } from './people.ts';

/** The flow of docs/api.md as it stands there. */
const API = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
const SNIPPET = /<!-- passkeys.js -->\n```js\n([\s\S]*?)```/.exec(API)![1]!;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}

/** A page of the exchange's own origin in Chromium, with an authenticator built in. */
async function startPage(t: ExecutionContext) {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const gateway = await startGateway(t, exchangeThatIs(true), { publicUrl, port });
  const context = await openBrowser(t);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { gateway, page, devtools, authenticatorId, publicUrl };
}

browserTest('in a browser a passkey is added, signs in, finishes a sign-in and steps up', async (t) => {
  const { gateway, page, devtools, authenticatorId, publicUrl } = await startPage(t);
  const email = 'ada@example.com';
  const { accessToken } = await gateway.signUp(email);
  // The exchange's pages may ask nobody for anything, themselves included; a page that somebody builds on the API may.
  await page.route(`${publicUrl}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Trade</h1>' }),
  );
  await page.goto(`${publicUrl}/`);
  await page.addScriptTag({ content: SNIPPET });

  const added = await page.evaluate(`addPasskey('${accessToken}', '${PASSWORD}', 'laptop')`);
  const { recoveryCodes, session, passkey } = added as {
    recoveryCodes: string[];
    session: { accessToken: string };
    passkey: { id: string; name: string };
  };
  t.is(recoveryCodes.length, 10);
  t.is(passkey.name, 'laptop');
  t.is(await statusOf(gateway, accessToken), 401);
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  t.is(credentials.length, 1);
  t.like(credentials[0]!, { isResidentCredential: true, rpId: 'localhost' });

  const signedIn = (await page.evaluate('signInWithPasskey()')) as { accessToken: string };
  t.is(await statusOf(gateway, signedIn.accessToken), 200);

  const finished = (await page.evaluate(`signIn('${email}', '${PASSWORD}')`)) as { accessToken: string };
  t.is(await statusOf(gateway, finished.accessToken), 200);

  gateway.clock.nowMs += 11 * 60_000;
  const key = { name: 'bot', algorithm: 'hmac-sha256', scopes: ['read'], password: PASSWORD };
  const addKey = () => gateway.request('POST', '/v1/me/api-keys', { token: finished.accessToken, body: key });
  t.is((await addKey()).body.code, 'step_up_required');
  await page.evaluate(`stepUp('${finished.accessToken}')`);
  t.is((await addKey()).status, 201);

  // The authenticator that has one already is not given a second.
  const again = page.evaluate(`addPasskey('${finished.accessToken}', '${PASSWORD}', 'again')`);
  await t.throwsAsync(again, { message: /InvalidStateError/ });

  // Whom the authenticator does not know gets no signature, and the exchange none to look at.
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await t.throwsAsync(page.evaluate('signInWithPasskey()'), { message: /NotAllowedError/ });
  t.truthy(session.accessToken);
});

browserTest('a page at another port of the same host gets no signature that counts', async (t) => {
  const { gateway, page, publicUrl } = await startPage(t);
  const { accessToken } = await gateway.signUp('ada@example.com');
  const other = `http://localhost:${await freePort()}`;
  for (const origin of [publicUrl, other])
    await page.route(`${origin}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<h1>Trade</h1>' }),
    );
  await page.goto(`${publicUrl}/`);
  await page.addScriptTag({ content: SNIPPET });
  await page.evaluate(`addPasskey('${accessToken}', '${PASSWORD}', 'laptop')`);
  const { body: options } = await gateway.request('POST', '/v1/auth/passkey/options');
  // To the browser the host is the same, and it lets the page ask; the exchange sees where it was asked.
  await page.goto(`${other}/`);
  const assertion = await page.evaluate(async (json) => {
    // biome-ignore lint/suspicious/noExplicitAny: this runs in the page, whose types are not those of the test.
    const { PublicKeyCredential, navigator } = globalThis as any;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  }, options);
  const reply = await gateway.request('POST', '/v1/auth/passkey', { body: { assertion } });
  t.is(reply.body.code, 'invalid_passkey');
  const { body: fresh } = await gateway.request('POST', '/v1/auth/passkey/options');
  await page.goto(`${publicUrl}/`);
  const good = await page.evaluate(async (json) => {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const { PublicKeyCredential, navigator } = globalThis as any;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  }, fresh);
  t.is((await gateway.request('POST', '/v1/auth/passkey', { body: { assertion: good } })).status, 200);
});
