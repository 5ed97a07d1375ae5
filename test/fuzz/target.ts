import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { DatabasePool } from 'slonik';
import { createPasswordHasher } from '../../src/http/auth/passwords.ts';
import { createUser } from '../../src/http/auth/sign-in.ts';
import { textToSign } from '../../src/http/auth/signatures.ts';
import { type Program, withSecret } from '../http/keys/signing.ts';
import { showFactorOf } from '../support/operators.ts';
import type { Caller, MadeUpRequest } from './requests.ts';
import { PASSWORD } from './samples.ts';

/** A running exchange to be attacked, and who attacks it. */

export interface Target {
  readonly baseUrl: string;
  readonly pool: DatabasePool;
  /** Effects that are not committed yet. */
  backlog(): number;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Parsed where it is JSON, otherwise text. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape.
  readonly body: any;
}

export interface Attackers {
  /** Of the customer that there is now. */
  customerToken(): string;
  send(request: MadeUpRequest): Promise<Answer>;
  /** Signs in anew whose session or key an accepted request has ended. */
  restore(): Promise<void>;
}

const BLOCKS_OF_A_CUSTOMER = 20;
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

export function ask(
  baseUrl: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(baseUrl);
    // Node would send a GET's body without saying how long it is: the next request on the connection would begin in it.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = { ...headers, ...length };
    const request = http.request(
      { agent, hostname, port, method, path: target, headers: sent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const contentType = response.headers['content-type']?.split(';')[0];
          const isJson = contentType?.endsWith('json') ?? false;
          resolve({ status: response.statusCode!, contentType, body: isJson ? JSON.parse(text) : text });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

interface Person {
  readonly email: string;
  readonly accessToken: string;
  readonly accountId: string;
}

/** A customer, an operator and a program of the customer’s, on a target of their own. */
export async function createAttackers({ baseUrl, pool }: Target): Promise<Attackers> {
  const passwords = createPasswordHasher();
  // Others may have attacked the same exchange before.
  const run = randomBytes(4).toString('hex');
  let count = 0;
  let restored = 0;
  let lastMs = 0;
  let customer: Person;
  let operator: Person;
  let program: Program;

  const post = async (path: string, body: unknown, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await ask(baseUrl, 'POST', path, headers, JSON.stringify(body));
    if (answer.status >= 300) throw new Error(`${path} answered ${JSON.stringify(answer)}`);
    return answer.body;
  };

  async function signUp(role: 'customer' | 'admin'): Promise<Person> {
    count += 1;
    const email = `attacker-${run}-${count}@example.com`;
    await createUser(
      pool,
      passwords,
      { email, password: PASSWORD, role },
      { type: 'command_line' },
      Date.now(),
    );
    const person = await post('/v1/auth/login', { email, password: PASSWORD });
    if (role !== 'customer') await showFactorOf(pool, email);
    return { ...person, email };
  }

  async function beCustomer(): Promise<void> {
    customer = await signUp('customer');
    const { accountId, accessToken } = customer;
    for (const asset of ['BTC', 'ETH', 'USDT'])
      await post('/v1/admin/credits', { accountId, asset, amount: '1000000' }, operator.accessToken);
    await addKey(accessToken);
  }

  async function addKey(accessToken: string): Promise<void> {
    const scopes = ['read', 'trade'];
    const wanted = { name: 'attacker', algorithm: 'hmac-sha256', scopes, password: PASSWORD };
    const { id, secret } = await post('/v1/me/api-keys', wanted, accessToken);
    program = withSecret(id, secret);
  }

  function credentials(caller: Caller, { method, target, body = '' }: MadeUpRequest): Record<string, string> {
    if (caller === 'nobody') return {};
    if (caller !== 'key')
      return { authorization: `Bearer ${(caller === 'customer' ? customer : operator).accessToken}` };
    // Each signature is good once: each has a time of its own.
    lastMs = Math.max(Date.now(), lastMs + 1);
    const [timestamp, window] = [String(lastMs), '60000'];
    const text = textToSign({ timestamp, window, method, target, body: Buffer.from(body) });
    return {
      'x-bourse-key': program.keyId,
      'x-bourse-timestamp': timestamp,
      'x-bourse-window': window,
      'x-bourse-signature': program.sign(text),
    };
  }

  const attackers: Attackers = {
    customerToken: () => customer.accessToken,
    send(request) {
      const { method, target, headers, body, caller } = request;
      const from = { 'x-forwarded-for': addressFor(request) };
      return ask(baseUrl, method, target, { ...headers, ...from, ...credentials(caller, request) }, body);
    },
    async restore() {
      const isGood = async ({ accessToken }: Person) =>
        (await ask(baseUrl, 'GET', '/v1/me', { authorization: `Bearer ${accessToken}` })).status === 200;
      // It is fresh for ten minutes only.
      await showFactorOf(pool, operator.email);
      if (!(await isGood(operator))) operator = await signUp('admin');
      const probe = {
        caller: 'key',
        method: 'GET',
        target: '/v1/balances',
        headers: {},
        body: undefined,
      } as const;
      const isKeyGood = (await attackers.send({ ...probe, what: '', hasForeignField: false })).status === 200;
      restored += 1;
      // One who was frozen, or has changed what takes a while to change back, is of little use.
      const isOld = restored % BLOCKS_OF_A_CUSTOMER === 0;
      if (isOld || !isKeyGood || !(await isGood(customer))) await beCustomer();
    },
  };
  operator = await signUp('admin');
  await beCustomer();
  return attackers;
}

/** Everybody comes from everywhere: limits by address are tested elsewhere and would hide the rest. */
function addressFor({ target, body = '' }: MadeUpRequest): string {
  const [a, b, c] = createHash('sha256').update(`${target} ${body}`).digest();
  return `10.${a}.${b}.${c}`;
}
