import type { Browser, BrowserContext, Page } from 'playwright-core';
import { sql } from 'slonik';
import { browserTest, openBrowser } from '../support/browser.ts';
import { codeOf, examine, openPage, PASSWORD, type PagesExchange, startPages } from '../support/pages.ts';

interface AtConsole {
  readonly page: Page;
  readonly wrong: string[];
}

/** Signs an operator in for the first time: he sets up an authenticator. */
async function openConsole(
  context: BrowserContext,
  { origin }: PagesExchange,
  email: string,
): Promise<AtConsole> {
  const at = await openPage(context, origin);
  const { page } = at;
  await page.goto(`${origin}/console`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
  const secret = await page.locator('p.mono').innerText();
  await page.getByLabel('The code that it shows').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('navigation').waitFor();
  return at;
}

/** As above, and he adds a passkey. */
async function openWithPasskey(...who: Parameters<typeof openConsole>): Promise<AtConsole> {
  const at = await openConsole(...who);
  const { page } = at;
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await page.getByLabel('Name, for yourself').fill('a key');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('The passkey is added.').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  return at;
}

async function askFor(
  { server }: PagesExchange,
  who: { readonly userId: number; readonly accountId: number },
  amount: string,
): Promise<string> {
  const { withdrawals } = server.exchange;
  const asked = await withdrawals.request({
    ...who,
    asset: 'USDT',
    amount,
    fee: '2',
    network: 'simulated',
    address: 'sim10123456789abcdef0123456789abcdef00000000',
    clientWithdrawalId: null,
    unitValue: '1',
    flags: ['new_address', 'new_account'],
  });
  if (!asked.ok) throw new Error(asked.refusal.code);
  await withdrawals.confirm(asked.value.withdrawal.withdrawalNo, 0);
  return String(asked.value.withdrawal.withdrawalNo);
}

browserTest(
  'two operators approve a withdrawal by passkey, live, with the keyboard; another is rejected',
  async (t) => {
    const exchange = await startPages(t);
    const customer = await exchange.person('carol@example.com', 'customer', { USDT: '100000' });
    await exchange.person('tess@example.com', 'treasurer');
    await exchange.person('rick@example.com', 'risk');
    const first = await openBrowser(t);
    const second = await (first.browser() as Browser).newContext();
    const tess = await openWithPasskey(first, exchange, 'tess@example.com');
    const rick = await openWithPasskey(second, exchange, 'rick@example.com');

    await askFor(exchange, customer, '2500');
    // The first column of the list comes by itself: nobody reloads.
    await tess.page.getByRole('button', { name: '2,500 USDT' }).waitFor();
    await tess.page.keyboard.press('j');
    await tess.page.keyboard.press('Enter');
    await tess.page.getByText('0 of 2').last().waitFor();
    await tess.page.getByText('first withdrawal to this address; account younger than a week').waitFor();
    await rick.page.getByRole('button', { name: '2,500 USDT' }).click();
    await examine(t, tess.page, 'console-withdrawal');
    await tess.page.keyboard.press('a');
    await tess.page.getByText('Your approval counts; others are missing.').waitFor();
    await tess.page.getByText('You have approved it.').waitFor();
    await rick.page.getByText('tess@example.com (treasurer)').first().waitFor();
    await rick.page.getByRole('button', { name: /^Approve with passkey/ }).click();
    await rick.page.getByText('It is approved, and goes on its way.').waitFor();
    await tess.page.getByText('approved, and that was enough by rick@example.com').waitFor();

    await askFor(exchange, customer, '3000');
    await rick.page.getByRole('button', { name: '3,000 USDT' }).click();
    await rick.page.getByRole('button', { name: /^Reject/ }).click();
    await rick.page.getByLabel('Why').fill('not the owner’s address');
    await rick.page.getByRole('button', { name: 'Reject with passkey' }).click();
    await rick.page.getByText('It is rejected.').waitFor();
    await rick.page.getByText('not the owner’s address').first().waitFor();

    for (const [key, name] of [
      ['2', 'markets'],
      ['3', 'users'],
      ['4', 'reconciliation'],
      ['5', 'health'],
    ] as const) {
      await tess.page.keyboard.press('Escape');
      await tess.page.keyboard.press(key);
      await tess.page.getByRole('heading', { level: 1 }).waitFor();
      await tess.page.waitForTimeout(300);
      await examine(t, tess.page, `console-${name}`);
    }
    t.deepEqual([...tess.wrong, ...rick.wrong], []);
  },
);

browserTest(
  'roles see what they may; nobody signs what was edited; an old factor is shown again; all by keyboard',
  async (t) => {
    const exchange = await startPages(t);
    const { pool, server } = exchange;
    const customer = await exchange.person('carol@example.com', 'customer', { USDT: '100000' });
    const ruth = await exchange.person('ruth@example.com', 'treasurer', { USDT: '100000' });
    const admin = await exchange.person('anna@example.com', 'admin');
    await exchange.person('sam@example.com', 'support');
    const first = await openBrowser(t);
    const second = await (first.browser() as Browser).newContext();
    const { page, wrong } = await openWithPasskey(first, exchange, 'ruth@example.com');
    const sam = await openConsole(second, exchange, 'sam@example.com');
    const id = await askFor(exchange, customer, '2500');

    // Who only helps customers approves nothing, halts nothing and has no audit log.
    t.deepEqual(await sam.page.getByRole('navigation').getByRole('link').allInnerTexts(), [
      'Withdrawals',
      'Markets',
      'Users',
      'Health',
    ]);
    await sam.page.getByRole('button', { name: '2,500 USDT' }).click();
    await sam.page.getByText('Your role doesn’t approve withdrawals.').waitFor();
    t.is(await sam.page.getByRole('button', { name: /Approve|Reject|Pause all/ }).count(), 0);
    await sam.page.keyboard.press('2');
    await sam.page.getByRole('cell', { name: 'BTC-USDT' }).waitFor();
    t.is(await sam.page.getByRole('button', { name: /Halt|Close|Fees/ }).count(), 0);
    await sam.page.goto(`${exchange.origin}/console#/audit`);
    await sam.page.getByText('Your role doesn’t look at this.').waitFor();

    // Nobody decides on what he asked for himself.
    await askFor(exchange, ruth, '1700');
    await page.getByRole('button', { name: '1,700 USDT' }).click();
    await page.getByText('You asked for it').waitFor();
    t.is(await page.getByRole('button', { name: /^(Approve|Reject)/ }).count(), 0);

    // It is edited between the look and the signature: nothing is signed, and she is asked to look again.
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '2,500 USDT' }).click();
    await page.route(
      '**/approval-options',
      async (route) => {
        const expiresAtMs = Date.now() + 3_600_000;
        const revised = { userId: admin.userId, note: 'less time', expiresAtMs };
        t.true((await server.exchange.withdrawals.revise(Number(id), revised)).ok);
        await route.continue();
      },
      { times: 1 },
    );
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('It was edited while you had it open.').waitFor();
    await page.getByText('edited: the approvals before are void').waitFor();
    t.false(sent.some((url) => url.endsWith('/approve')));
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'I have looked again' }).press('Enter');
    t.false(
      sent.some((url) => url.endsWith('/approve')),
      'the key does nothing before she has looked',
    );
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('Your approval counts; others are missing.').waitFor();

    // After twelve hours she shows her factor, and is told again what happens.
    await pool.query(sql.unsafe`
      update sessions set verified_at_ms = ${Date.now() - 13 * 3_600_000} where user_id = ${ruth.userId}`);
    await page.getByRole('heading', { name: 'Show your second factor again' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).press('Enter');
    await page.keyboard.press('Escape');
    await askFor(exchange, customer, '3100');
    await page.getByRole('button', { name: '3,100 USDT' }).waitFor();

    // A pause is seen by everybody at once.
    await sam.page.keyboard.press('1');
    await page.getByRole('button', { name: 'Pause all' }).press('Enter');
    await page.getByLabel('Why').waitFor();
    await page.keyboard.type('a drill');
    await page.keyboard.press('Enter');
    await sam.page.getByText(/Paused since .*: a drill/).waitFor();
    await page.getByRole('button', { name: 'Let them go on' }).press('Enter');
    await sam.page.getByText(/Paused since/).waitFor({ state: 'hidden' });

    // People, with the keyboard alone.
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'sam@example.com' }).waitFor();
    const selected = page.locator('tr.selected');
    const before = await selected.innerText();
    await page.keyboard.press('j');
    const after = await selected.innerText();
    t.not(after, before);
    await page.keyboard.press('Enter');
    const opened = after.split(/\s/)[0]!;
    await page.getByRole('heading', { name: opened }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: opened }).waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();

    // With another role she sees more, and who did what is there.
    await pool.query(sql.unsafe`update users set role = 'admin' where id = ${ruth.userId}`);
    await page.reload();
    await page.getByRole('link', { name: 'Audit log' }).waitFor();
    await page.keyboard.press('6');
    await page.getByRole('cell', { name: 'operator.approve_withdrawal' }).first().waitFor();
    await page.getByRole('cell', { name: 'operator.pause_withdrawals' }).first().waitFor();
    await examine(t, page, 'console-audit');
    t.deepEqual([...wrong, ...sam.wrong], []);
  },
);
