import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { DemoPeople } from '../../examples/alive/people-file.ts';
import { codeOf } from '../../examples/alive/set-up-people.ts';
import { createRestClient, type RestClient } from '../../examples/client/rest.ts';
import { createDataDirectory } from '../support/database.ts';
import { startServer } from '../support/server.ts';

interface Waiting {
  readonly items: readonly { readonly amount: string }[];
}
interface Balances {
  readonly balances: readonly { readonly asset: string; readonly balance: string }[];
}

/** The process of the demo, if it runs just now. */
function demoOf(serverPid: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => isDemo(pid, serverPid));
}

function isDemo(pid: number, serverPid: number): boolean {
  try {
    const parent = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (
      Number(parent) === serverPid &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('examples/alive.ts')
    );
  } catch {
    // It ended meanwhile.
    return false;
  }
}

async function signIn(
  rest: RestClient,
  { email, password, totpSecret }: DemoPeople['people'][number],
): Promise<string> {
  const { challenge } = await rest.request<{ challenge: string }>('POST', '/v1/auth/login', {
    body: { email, password },
  });
  const { accessToken } = await rest.request<{ accessToken: string }>('POST', '/v1/auth/second-factor', {
    body: { challenge, code: codeOf(totpSecret!, Date.now() + 30_000) },
  });
  return accessToken;
}

const onLinux = existsSync('/proc/self/status') ? test : test.skip;

onLinux(
  'a demo that is killed while it sets people up is started again, and nothing is missing or there twice',
  async (t) => {
    const dataDir = await createDataDirectory(t);
    const server = await startServer(t, { DATA_DIR: dataDir, DEMO: 'on' });
    const rest = createRestClient(server.url);
    const read = async (): Promise<DemoPeople | undefined> => {
      try {
        return JSON.parse(await readFile(join(dataDir, 'demo-people.json'), 'utf8'));
      } catch {
        return undefined;
      }
    };
    const person = (people: DemoPeople | undefined, email: string) =>
      people?.people.find((one) => one.email === email);
    const hasAuthenticator = async (email: string) => {
      const one = person(await read(), email);
      if (one === undefined) return false;
      try {
        const body = { email, password: one.password };
        return 'challenge' in (await rest.request<object>('POST', '/v1/auth/login', { body }));
      } catch {
        // He isn't there yet.
        return false;
      }
    };
    const isRemembered = async (email: string) => Boolean(person(await read(), email)?.totpSecret);
    for (const isMoment of [
      () => hasAuthenticator('alice@example.com'),
      () => isRemembered('bob@example.com'),
    ]) {
      while (!(await isMoment())) await delay(2);
      const pid = demoOf(server.pid);
      if (pid === undefined) return t.fail('the demo runs');
      process.kill(pid, 'SIGKILL');
      while (demoOf(server.pid) === undefined) await delay(100);
    }
    let people = await read();
    for (; people?.complete !== true; people = await read()) await delay(100);

    const operator = await signIn(rest, person(people, 'ada@example.com')!);
    const { items } = await rest.request<Waiting>('GET', '/v1/admin/withdrawals?status=awaiting_approval', {
      token: operator,
    });
    t.deepEqual(items.map(({ amount }) => amount).sort(), ['2500', '30000', '75000']);
    const bob = await signIn(rest, person(people, 'bob@example.com')!);
    const { balances } = await rest.request<Balances>('GET', '/v1/balances', { token: bob });
    const usdt = balances.find(({ asset }) => asset === 'USDT')!;
    t.is(Number(usdt.balance), 60_000);
    t.like(await server.kill('SIGTERM'), { code: 0 });
  },
);
