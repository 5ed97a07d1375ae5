import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { DemoPeople } from '../../examples/alive/people-file.ts';
import { codeOf } from '../../examples/alive/set-up-people.ts';
import { createRestClient, type RestClient } from '../../examples/client/rest.ts';
import { createDataDirectory } from '../support/database.ts';
import { startServer } from '../support/server.ts';

interface Waiting {
  readonly items: readonly { readonly amount: string; readonly rule: { readonly required: number } }[];
}

interface Printed {
  readonly password: string;
  readonly totpSecret: string;
}

/** What the exchange says of its people to whoever starts it. */
function findPrinted(text: string, email: string): Printed | undefined {
  const line = text.split('\n').find((one) => one.trim().startsWith(`${email} `));
  const [, , password, , totpSecret] = line?.trim().split(/ +/) ?? [];
  return password === undefined || totpSecret === undefined ? undefined : { password, totpSecret };
}

async function signIn(rest: RestClient, email: string, { password, totpSecret }: Printed): Promise<string> {
  const { challenge } = await rest.request<{ challenge: string }>('POST', '/v1/auth/login', {
    body: { email, password },
  });
  const { accessToken } = await rest.request<{ accessToken: string }>('POST', '/v1/auth/second-factor', {
    body: { challenge, code: codeOf(totpSecret, Date.now()) },
  });
  return accessToken;
}

test('an exchange of one’s own opens onto people, waiting withdrawals and trades, and a second start finds them again', async (t) => {
  const dataDir = await createDataDirectory(t);
  const file = join(dataDir, 'demo-people.json');
  const read = async () => JSON.parse(await readFile(file, 'utf8')) as DemoPeople;
  let before: DemoPeople | undefined;
  for (const start of [1, 2]) {
    const server = await startServer(t, { DATA_DIR: dataDir, DEMO: 'on', LOG_LEVEL: 'info' });
    const rest = createRestClient(server.url);
    const traded = async () => {
      for (const market of ['BTC-USDT', 'ETH-USDT', 'ETH-BTC']) {
        const { items } = await rest.request<{ items: readonly unknown[] }>(
          'GET',
          `/v1/markets/${market}/trades?limit=1`,
        );
        if (items.length === 0) return false;
      }
      return true;
    };
    while (!(await traded())) await delay(200);
    // Alice's, whole: they come once there is a book that keeps takers from them.
    const wholeBook = async () => {
      const { bids, asks } = await rest.request<{ bids: readonly unknown[]; asks: readonly unknown[] }>(
        'GET',
        '/v1/markets/BTC-USDT/depth?levels=100',
      );
      return [bids, asks].map((side) => JSON.stringify(side)).join();
    };
    let book = '';
    while (!/\["57500","0.05"\].*\["62500","0.1"\]/.test(book)) {
      book = await wholeBook();
      await delay(200);
    }
    const people = await read();
    t.true(people.complete);
    t.is((await stat(file)).mode & 0o077, 0, 'nobody else reads it');
    if (before !== undefined) t.deepEqual(people, before, 'nobody is made up a second time');
    before = people;

    const email = start === 1 ? 'tess@example.com' : 'rick@example.com';
    let printed: Printed | undefined;
    while (printed === undefined) {
      await delay(100);
      printed = findPrinted(server.printed(), email);
    }
    for (const address of [/^ +\S+\/ +trade$/m, /^ +\S+\/console /m]) t.regex(server.printed(), address);
    t.notRegex(server.printed(), /WARNING/, 'only this machine reaches it');
    const operator = await signIn(rest, email, printed);
    const { items } = await rest.request<Waiting>('GET', '/v1/admin/withdrawals?status=awaiting_approval', {
      token: operator,
    });
    t.deepEqual(
      items.map(({ amount, rule }) => [amount, rule.required]).sort(),
      [
        ['2500', 2],
        ['30000', 2],
        ['75000', 3],
      ],
      `start ${start}`,
    );
    const stopped = await server.kill('SIGTERM');
    t.like(stopped, { code: 0, stderr: '' });
  }
});

test('without it nobody is made up', async (t) => {
  const dataDir = await createDataDirectory(t);
  const server = await startServer(t, { DATA_DIR: dataDir, DEMO: 'off' });
  await server.kill('SIGTERM');
  await t.throwsAsync(stat(join(dataDir, 'demo-people.json')), { code: 'ENOENT' });
});
