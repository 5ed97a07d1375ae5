import { type RealProvider, startRealProvider } from '../http/oidc/real-provider.ts';
import { browserTest, openBrowser } from '../support/browser.ts';
import { openPage, PASSWORD, seriousFindings, startPages } from '../support/pages.ts';

browserTest(
  'somebody signs in through an OpenID provider, and is told when the provider refuses',
  async (t) => {
    let provider: RealProvider | undefined;
    const { origin } = await startPages(t, async (at) => {
      provider = await startRealProvider(t, 'real', { callback: `${at}/sign-in/callback` });
      return { oidcProviders: [provider.config] };
    });
    const { page, wrong } = await openPage(await openBrowser(t), origin);
    const account = { sub: 'ada', email: 'ada@example.com', email_verified: true };
    let visitor: typeof account | 'nobody' = 'nobody';
    // The provider is real; its cookies are kept by the test.
    await page.route(`${provider!.config.issuer}/**`, async (route) => {
      const query = await provider!.visit(route.request().url(), visitor);
      await route.fulfill({ status: 302, headers: { location: `${origin}/sign-in/callback${query}` } });
    });
    const begin = async () => {
      await page.goto(`${origin}/#/sign-in`);
      await page.getByRole('button', { name: 'Sign in with The provider real' }).click();
    };

    await begin();
    await page.getByRole('alert').waitFor();
    t.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Back to sign in' }).click();

    // A link that somebody else has made signs nobody in.
    await page.goto(`${origin}/sign-in/callback?code=abc&state=def`);
    await page.getByText('This sign-in was not begun here. Begin again.').waitFor();

    visitor = account;
    await begin();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    t.is(new URL(page.url()).pathname, '/');
    // Reloading keeps him signed in; signing out doesn't.
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor();
    t.deepEqual(
      wrong.filter((text) => text !== `asked ${provider!.config.issuer}`),
      [],
    );
  },
);

browserTest(
  'a wrong password is said, and keeps nobody in; a forgotten one is asked for by mail',
  async (t) => {
    const exchange = await startPages(t);
    await exchange.person('ada@example.com');
    const { page, wrong } = await openPage(await openBrowser(t), exchange.origin);
    await page.goto(`${exchange.origin}/#/wallet`);
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill(`${PASSWORD}!`);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    t.is(await page.evaluate('sessionStorage.length + localStorage.length'), 0);
    await page.getByRole('button', { name: 'I forgot my password' }).click();
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByText('a link is on its way to it').waitFor();
    t.deepEqual(wrong, []);
  },
);
