import { browserTest, openBrowser } from '../../support/browser.ts';
import { exchangeThatIs, PASSWORD, startGateway } from '../gateway.ts';

const email = 'ada@example.com';
const NEW = 'quite another password';

browserTest(
  'who registers confirms his address, and sets a new password later, by the pages of the mails',
  async (t) => {
    const { url, request, mailedToken } = await startGateway(t, exchangeThatIs(true));
    const page = await (await openBrowser(t)).newPage();
    const asked: string[] = [];
    page.on('request', (one) => asked.push(one.url()));
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // Chromium says so of any reply that is no 2xx.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    const said = () => page.locator('output');
    const logIn = async (password: string) =>
      (await request('POST', '/v1/auth/login', { body: { email, password } })).body;

    await request('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    t.is((await logIn(PASSWORD)).code, 'email_unconfirmed');
    await page.goto(`${url}/confirm-email#token=${await mailedToken(email)}`);
    t.is(new URL(page.url()).hash, '', 'the token is not left in the address');
    await page.getByLabel('The password that you chose').fill('not that password');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await said().getByText('This is not the password').waitFor();
    await page.getByLabel('The password that you chose').fill(PASSWORD);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await said().getByText('Your address is confirmed').waitFor();
    t.truthy((await logIn(PASSWORD)).accessToken);

    await page.goto(`${url}/confirm-email`);
    await said().getByText('This link is not whole').waitFor();
    t.false(await page.getByRole('button').isVisible());

    await request('POST', '/v1/auth/password-resets', { body: { email } });
    const link = `${url}/reset-password#token=${await mailedToken(email)}`;
    await page.goto(link);
    const fill = async (password: string, again: string) => {
      await page.getByLabel('New password').fill(password);
      await page.getByLabel('Once more').fill(again);
      await page.getByRole('button').click();
    };
    await fill(NEW, 'something else');
    await said().getByText('not the same').waitFor();
    await fill('leavemealone', 'leavemealone');
    await said().getByText('choose another').waitFor();
    await fill(NEW, NEW);
    await said().getByText('Your new password is set').waitFor();
    t.is((await logIn(PASSWORD)).code, 'invalid_credentials');
    t.truthy((await logIn(NEW)).accessToken);

    // Without the first, an address that differs in its fragment alone is no new page.
    await page.goto('about:blank');
    await page.goto(link);
    await fill(PASSWORD, PASSWORD);
    await said().getByText('The link is unknown, used').waitFor();
    t.true(
      asked.every((one) => one.startsWith(url) || one === 'about:blank'),
      'nobody else is asked for anything',
    );
    t.deepEqual(faults, []);
  },
);

browserTest('the pages of the mails can be read on a phone', async (t) => {
  const { url } = await startGateway(t, exchangeThatIs(true));
  const page = await (await openBrowser(t)).newPage();
  await page.setViewportSize({ width: 360, height: 640 });
  for (const path of ['confirm-email', 'reset-password']) {
    await page.goto(`${url}/${path}#token=${'x'.repeat(43)}`);
    const overflows = await page.evaluate(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    t.false(overflows, path);
    t.true(await page.getByRole('button').isVisible());
  }
});
