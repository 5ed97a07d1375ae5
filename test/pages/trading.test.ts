import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { browserTest, openBrowser } from '../support/browser.ts';
import { fillMarket } from '../support/market-maker.ts';
import { examine, openPage, PASSWORD, type PagesExchange, startPages } from '../support/pages.ts';

async function startMarket(t: ExecutionContext): Promise<PagesExchange & { readonly makerId: number }> {
  const exchange = await startPages(t);
  const funds = { BTC: '1000', USDT: '100000000' };
  const maker = await exchange.person('maker@example.com', 'customer', funds);
  const taker = await exchange.person('taker@example.com', 'customer', funds);
  await fillMarket(exchange, maker.accountId, taker.accountId);
  return { ...exchange, makerId: maker.accountId };
}

async function signIn(page: Page, origin: string, email: string): Promise<void> {
  await page.goto(`${origin}/#/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

async function signInDirectly({ baseUrl }: PagesExchange, email: string): Promise<{ accountId: number }> {
  const reply = await fetch(`${baseUrl}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const { accountId } = (await reply.json()) as { accountId: string };
  return { accountId: Number(accountId) };
}

/** The link of the newest mail to somebody. */
async function linkFor({ config }: PagesExchange, email: string): Promise<string> {
  const { mail } = config;
  if (mail?.type !== 'folder') throw new Error('mails are not kept in a folder');
  for (let tries = 0; tries < 100; tries += 1) {
    for (const name of readdirSync(mail.directory)) {
      if (!name.endsWith('.txt')) continue;
      const text = readFileSync(join(mail.directory, name), 'utf8');
      const found = /https?:\/\/\S+#token=[\w-]+/.exec(text);
      if (text.includes(email) && found !== null) return found[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail for ${email}`);
}

/** What the page shows of the book, best first. */
function shownBook(page: Page): Promise<{ bids: string[][]; asks: string[][] }> {
  return page.evaluate(`(() => {
    const side = (name) =>
      [...document.querySelectorAll('.' + name + '-side button')].map((row) =>
        [...row.querySelectorAll('.' + name + ', .num')].map((part) => part.textContent.replaceAll(',', '')),
      );
    return { bids: side('buy'), asks: side('sell') };
  })()`);
}

async function restBook({ baseUrl }: PagesExchange): Promise<{ bids: string[][]; asks: string[][] }> {
  const reply = await fetch(`${baseUrl}/v1/markets/BTC-USDT/depth?levels=15`);
  const { bids, asks } = (await reply.json()) as { bids: string[][]; asks: string[][] };
  const padded = ([price = '', quantity = '']: string[]) => [
    Number(price).toFixed(2),
    Number(quantity).toFixed(5),
  ];
  return { bids: bids.map(padded), asks: asks.map(padded) };
}

browserTest(
  'somebody signs up, confirms the address, is credited, trades, and sees it at once',
  async (t) => {
    const exchange = await startMarket(t);
    const { origin, server } = exchange;
    const { page, wrong } = await openPage(await openBrowser(t), origin);
    await page.goto(origin);
    await page.getByRole('link', { name: 'Sign up' }).click();
    await examine(t, page, 'trading-sign-up');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Must have at least 12 characters.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('We have sent a link to').waitFor();

    await page.goto(await linkFor(exchange, 'ada@example.com'));
    await page.getByLabel('The password that you chose').fill(PASSWORD);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Your address is confirmed.').waitFor();
    await signIn(page, origin, 'ada@example.com');

    const { accountId } = await signInDirectly(exchange, 'ada@example.com');
    await server.exchange.credit({ accountId, asset: 'USDT', amount: '10000' });
    // Nobody reloads: the balance comes by itself.
    await page.getByTestId('available').getByText('10,000 USDT').waitFor();

    const form = page.getByRole('form', { name: 'New order' });
    await form.getByLabel('Price').fill('64000,005');
    await form.getByLabel('Quantity').fill('0.01');
    await form.getByRole('button', { name: 'Buy BTC' }).click();
    await form.getByRole('alert').waitFor();
    t.is(await form.getByLabel('Price').getAttribute('aria-invalid'), 'true');
    await form.getByLabel('Price').fill('64000');
    await form.getByLabel('Quantity').fill('1');
    await form.getByRole('button', { name: 'Buy BTC' }).click();
    await form.getByRole('alert').waitFor();
    t.is(await form.getByLabel('Quantity').getAttribute('aria-invalid'), 'true');
    await form.getByLabel('Quantity').fill('0.01');
    await form.getByRole('button', { name: 'Buy BTC' }).click();
    await page.getByRole('tab', { name: 'Open orders (1)' }).waitFor();
    await page.getByRole('button', { name: /^Amend/ }).click();
    await page.getByRole('dialog').getByLabel('Price').fill('64249');
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await page.getByRole('img', { name: 'with an order of yours' }).waitFor();

    const maker = exchange.makerId;
    await server.exchange.placeOrder({
      accountId: maker,
      request: { market: 'BTC-USDT', side: 'sell', type: 'limit', price: '64249', quantity: '0.004' },
    });
    await page.getByRole('cell', { name: 'partially filled' }).waitFor();
    await examine(t, page, 'trading-trade');
    await page.getByRole('button', { name: /^Cancel buy/ }).click();
    await page.getByText('You have no open orders.').waitFor();
    await page.getByRole('tab', { name: 'Balances' }).click();
    await page.getByRole('row', { name: /^BTC 0.00399/ }).waitFor();

    await form.getByLabel('Type').selectOption('market');
    await form.getByRole('button', { name: 'Sell', exact: true }).click();
    await form.getByRole('button', { name: '100 %' }).click();
    await form.getByRole('button', { name: 'Sell BTC' }).click();
    await page.getByText(/^Sold 0.00399 BTC at/).waitFor();
    await page.getByRole('tab', { name: 'Trades' }).click();
    await page.getByRole('cell', { name: 'taker' }).waitFor();
    await page.getByRole('tab', { name: 'Order history' }).click();
    await page.getByRole('cell', { name: 'filled', exact: true }).waitFor();
    // Every kind of order that the form knows is one that the exchange takes.
    await form.getByRole('button', { name: 'Buy', exact: true }).click();
    for (const [kind, typed] of [
      ['limit', { Price: '64000', Quantity: '0.01', 'Iceberg, show': '0.001' }],
      ['stop_limit', { 'Stop price': '64300', Price: '64301', Quantity: '0.01' }],
      ['stop', { 'Stop price': '64300', Quantity: '0.01' }],
      ['trailing_stop', { Distance: '0.5', Quantity: '0.01' }],
      ['oco', { 'Limit price': '64000', 'Stop price': '64300', Quantity: '0.01' }],
    ] as const) {
      await form.getByLabel('Type').selectOption(kind);
      for (const [label, text] of Object.entries(typed))
        await form.getByLabel(label, { exact: true }).fill(text);
      await form.getByRole('button', { name: 'Buy BTC' }).click();
      await form.getByLabel('Quantity').and(page.locator('[value=""]')).waitFor();
    }
    await page.getByRole('tab', { name: 'Open orders (6)' }).click();
    await examine(t, page, 'trading-orders');
    await page.getByRole('button', { name: 'Cancel all' }).click();
    await page.getByText('You have no open orders.').waitFor();
    await page.getByRole('tab', { name: 'Depth' }).click();
    await page.getByRole('img', { name: 'Depth of BTC-USDT' }).waitFor();
    t.deepEqual(wrong, []);
  },
);

browserTest(
  'a connection that is cut: the page says so, keeps what it shows, and comes back with the right book',
  async (t) => {
    const exchange = await startMarket(t);
    const { origin, server, makerId } = exchange;
    const { page, wrong } = await openPage(await openBrowser(t), origin);
    // A socket between, which the test can cut.
    const sockets: { close(): Promise<void> }[] = [];
    let isDown = false;
    await page.routeWebSocket(/\/ws$/, (socket) => {
      if (isDown) return void socket.close();
      sockets.push(socket);
      socket.connectToServer();
    });
    await page.goto(origin);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.waitForFunction(`document.querySelectorAll('.buy-side button').length === 15`);
    t.deepEqual(await shownBook(page), await restBook(exchange));

    const place = (side: 'buy' | 'sell', price: string) =>
      server.exchange.placeOrder({
        accountId: makerId,
        request: { market: 'BTC-USDT', side, type: 'limit', price, quantity: '0.5' },
      });
    await place('buy', '64249.5');
    await page.getByRole('list', { name: 'Bids' }).getByText('64,249.50').waitFor();

    await page.evaluate(`(() => {
      const rows = () => document.querySelectorAll('.buy-side button').length;
      window.fewestRows = rows();
      new MutationObserver(() => (window.fewestRows = Math.min(window.fewestRows, rows()))).observe(
        document.body,
        { subtree: true, childList: true },
      );
    })()`);
    isDown = true;
    for (const socket of sockets.splice(0)) await socket.close();
    await page.getByText(/^Reconnecting · prices \d+ s old$/).waitFor();
    await place('buy', '64249.8');
    await place('sell', '64250.2');
    isDown = false;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('list', { name: 'Bids' }).getByText('64,249.80').waitFor();
    t.deepEqual(await shownBook(page), await restBook(exchange));
    t.is(await page.evaluate('fewestRows'), 15, 'the book was never empty');
    t.deepEqual(
      wrong.filter((text) => !text.includes('WebSocket')),
      [],
    );
  },
);
