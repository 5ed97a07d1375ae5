import { once } from 'node:events';
import { type DatabasePool, sql } from 'slonik';
import { WebSocket } from 'ws';
import { createPasswordHasher } from '../../src/http/auth/passwords.ts';
import { createUser } from '../../src/http/auth/sign-in.ts';
import type { ClientRecord } from './client-record.ts';
import { showFactorOf } from './operators.ts';

const PASSWORD = 'correct horse battery';

/** What a trader is told; `lost` when the connection went away first. */
// biome-ignore lint/suspicious/noExplicitAny: results have the shape of what was asked.
type Told = { readonly ok: true; readonly result: any } | { readonly ok: false; readonly code: string };
const LOST: Told = Object.freeze({ ok: false, code: 'lost' });

/** A way to the exchange: the methods of the WebSocket protocol, whatever carries them. */
export interface Line {
  request(method: string, params: object): Promise<Told>;
  /** Resolves when the line can carry nothing more. */
  readonly ended: Promise<{ readonly code: number; readonly stopping: boolean }>;
  close(): void;
}

async function post(url: string, path: string, body: object, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  });
}

/** As if he had opened the link of the mail. */
export async function confirmAddress(pool: DatabasePool, email: string): Promise<void> {
  await pool.query(sql.unsafe`update users set email_confirmed_at_ms = created_at_ms where email = ${email}`);
}

export interface Login {
  readonly accountId: string;
  readonly token: string;
}

async function logIn(url: string, email: string): Promise<Login> {
  const response = await post(url, '/v1/auth/login', { email, password: PASSWORD });
  const { accountId, accessToken } = (await response.json()) as { accountId: string; accessToken: string };
  return { accountId, token: accessToken };
}

/** Registers people who own enough of BTC and USDT to trade for a while. */
export async function signUpTraders(url: string, pool: DatabasePool, count: number): Promise<Login[]> {
  const operator = { email: 'operator@example.com', password: PASSWORD, role: 'admin' } as const;
  await createUser(pool, createPasswordHasher(), operator, { type: 'command_line' }, Date.now());
  const { token } = await logIn(url, operator.email);
  await showFactorOf(pool, operator.email);
  const traders: Login[] = [];
  for (let index = 0; index < count; index += 1) {
    const email = `trader-${index}@example.com`;
    await post(url, '/v1/auth/register', { email, password: PASSWORD });
    await confirmAddress(pool, email);
    const login = await logIn(url, email);
    for (const [asset, amount] of Object.entries({ BTC: '1000', USDT: '1000000' })) {
      const credit = await post(
        url,
        '/v1/admin/credits',
        { accountId: login.accountId, asset, amount },
        token,
      );
      if (credit.status !== 201) throw new Error(`no credit: ${await credit.text()}`);
    }
    traders.push(login);
  }
  return traders;
}

/** REST, a request at a time for each that is under way. */
export function openRestLine(url: string, { token }: Login): Line {
  const abort = new AbortController();
  let end: (how: { code: number; stopping: boolean }) => void;
  const ended = new Promise<{ code: number; stopping: boolean }>((resolve) => {
    end = resolve;
  });
  // biome-ignore lint/suspicious/noExplicitAny: parameters have the shape of their method.
  const routes: Record<string, (params: any) => readonly [method: string, path: string, body?: object]> = {
    'order.place': (params) => ['POST', '/v1/orders', params],
    'order.cancel': ({ orderId }) => ['DELETE', `/v1/orders/${orderId}`],
    'order.amend': ({ orderId, ...changes }) => ['PATCH', `/v1/orders/${orderId}`, changes],
    'order.cancelAll': () => ['DELETE', '/v1/orders'],
  };
  return {
    ended,
    close: () => abort.abort(),
    async request(name, params) {
      const [method, path, body] = routes[name]!(params);
      try {
        const response = await fetch(url + path, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: abort.signal,
        });
        // biome-ignore lint/suspicious/noExplicitAny: replies have the shape of what was asked.
        const reply = (await response.json()) as any;
        if (!response.ok) return { ok: false, code: reply.code };
        return { ok: true, result: name === 'order.cancel' ? { order: reply } : reply };
      } catch {
        end({ code: 0, stopping: false });
        return LOST;
      }
    },
  };
}

/** A WebSocket that is signed in and hears the trades of the market and all of its account. */
export async function openSocketLine(url: string, login: Login, record: ClientRecord): Promise<Line> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const pending = new Map<number, (told: Told) => void>();
  let lastId = 0;
  let stopping = false;
  // What comes between the subscriptions has only the channels that are subscribed to by then.
  let hearsAll = false;
  const ended = new Promise<{ code: number; stopping: boolean }>((resolve) => {
    socket.on('close', (code) => {
      for (const answer of pending.values()) answer(LOST);
      pending.clear();
      resolve({ code, stopping });
    });
  });
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.id !== undefined) {
      pending.get(frame.id)?.(frame.ok ? frame : { ok: false, code: frame.error.code });
      pending.delete(frame.id);
    } else if (frame.channel === 'trades') record.trades(frame.market, frame.data);
    else if (frame.channel === 'account' && hearsAll)
      record.frame(login.accountId, frame.sequence, frame.data);
    else if (frame.channel === 'system') stopping = true;
  });
  const request = (method: string, params: object) =>
    new Promise<Told>((resolve) => {
      if (socket.readyState !== WebSocket.OPEN) return void ended.then(() => resolve(LOST));
      lastId += 1;
      pending.set(lastId, resolve);
      socket.send(JSON.stringify({ id: lastId, method, params }));
    });
  await Promise.race([once(socket, 'open'), ended]);
  await request('authenticate', { token: login.token });
  await request('subscribe', { channel: 'trades', market: 'BTC-USDT' });
  for (const channel of ['orders', 'fills', 'balances']) await request('subscribe', { channel });
  hearsAll = true;
  return { request, ended, close: () => socket.terminate() };
}

/** Somebody who places, amends and cancels orders around 100 USDT as fast as he is answered. */
export class Trader {
  readonly #record: ClientRecord;
  readonly #name: string;
  readonly #open = new Set<string>();
  /** Orders whose fate isn't known: he was not answered, or told that nobody knows. */
  readonly #unknown = new Map<string, object>();
  #orders = 0;

  constructor(record: ClientRecord, name: string) {
    this.#record = record;
    this.#name = name;
  }

  /**
   * Keeps so many requests under way until the line ends. Orders whose fate isn't known are sent again first: the same
   * clientOrderId gets the original result.
   */
  async trade(line: Line, inFlight: number): Promise<void> {
    let open = true;
    void line.ended.then(() => {
      open = false;
    });
    for (const [id, order] of [...this.#unknown]) {
      if (open) await this.#place(line, id, order);
    }
    const worker = async () => {
      while (open) await this.#act(line);
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  }

  async #act(line: Line): Promise<void> {
    const dice = Math.random();
    const [own] = this.#open;
    if (own === undefined || dice < 0.65) return this.#placeNew(line);
    if (dice < 0.66) return this.#cancelAll(line);
    if (dice < 0.85) {
      this.#open.delete(own);
      return this.#tell(await line.request('order.cancel', { orderId: own }));
    }
    const changes = Math.random() < 0.5 ? { price: this.#price() } : { quantity: '0.00300' };
    return this.#tell(await line.request('order.amend', { orderId: own, ...changes }));
  }

  #price(): string {
    return (100 + Math.floor(Math.random() * 40 - 20) / 100).toFixed(2);
  }

  async #placeNew(line: Line): Promise<void> {
    this.#orders += 1;
    const id = `${this.#name}-${this.#orders}`;
    const side = Math.random() < 0.5 ? 'buy' : 'sell';
    const timeInForce = Math.random() < 0.2 ? 'ioc' : 'gtc';
    const quantity = (0.06 + Math.floor(Math.random() * 10) / 100).toFixed(2);
    const order = { market: 'BTC-USDT', side, type: 'limit', timeInForce, price: this.#price(), quantity };
    this.#record.sent(id);
    return this.#place(line, id, order);
  }

  async #place(line: Line, clientOrderId: string, order: object): Promise<void> {
    this.#unknown.set(clientOrderId, order);
    const told = await line.request('order.place', { ...order, clientOrderId });
    // What was refused for good is known not to be; the rest may or may not have been carried out.
    if (told.ok || (told.code !== 'lost' && told.code !== 'outcome_unknown'))
      this.#unknown.delete(clientOrderId);
    this.#tell(told);
  }

  async #cancelAll(line: Line): Promise<void> {
    const told = await line.request('order.cancelAll', {});
    if (told.ok) this.#record.canceled(told.result.canceled);
    else this.#record.refusal(told.code);
  }

  #tell(told: Told): void {
    if (!told.ok) return this.#record.refusal(told.code);
    const { order, fills = [] } = told.result;
    this.#record.order(order, fills);
    if (order.status === 'open' || order.status === 'partially_filled') this.#open.add(order.id);
    else this.#open.delete(order.id);
  }
}

/** Number of the last batch that is committed. */
export async function lastBatch(pool: DatabasePool): Promise<{ epoch: number; batchNo: number }> {
  const row = (await pool.one(sql.unsafe`select epoch, batch_no from exchange_state`)) as {
    epoch: bigint;
    batch_no: bigint;
  };
  return { epoch: Number(row.epoch), batchNo: Number(row.batch_no) };
}
