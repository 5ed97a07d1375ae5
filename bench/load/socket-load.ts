import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Customer } from './customers.ts';
import { type Command, OrderMix } from './order-mix.ts';
import { type LoadResult, Tally } from './tally.ts';

/** Load over WebSocket: either so many commands in flight all the time, or so many a second. */
export interface SocketLoad {
  readonly port: number;
  /** One socket each. */
  readonly customers: readonly Customer[];
  readonly seconds: number;
  readonly seed: number;
  /** Commands of a socket without an answer. */
  readonly inFlight?: number;
  /** Commands a second of all sockets together; how long one takes counts from when it was due. */
  readonly perSecond?: number;
}

const PACE_MS = 1;

async function run(load: SocketLoad): Promise<void> {
  const { port, customers, seconds, seed } = load;
  const tally = new Tally();
  const clients = await Promise.all(
    customers.map((customer, index) => open(port, customer.token, new OrderMix(seed * 1_000 + index), tally)),
  );
  const startedAt = performance.now();
  let stopPacing = () => {};
  if (load.perSecond !== undefined) stopPacing = pace(clients, load.perSecond);
  else for (const client of clients) client.keepInFlight(load.inFlight ?? 1);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  stopPacing();
  const elapsed = (performance.now() - startedAt) / 1000;
  const result = tally.summary(elapsed);
  await Promise.all(clients.map((client) => client.finish()));
  process.send!({ ...result, placedInAll: tally.placed } satisfies LoadResult);
}

/** Sends what is due, in turns over all clients. */
function pace(clients: readonly Client[], perSecond: number): () => void {
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    while (sent < due) {
      clients[sent % clients.length]!.send(startedAt + (sent * 1000) / perSecond);
      sent += 1;
    }
  }, PACE_MS);
  return () => clearInterval(timer);
}

interface Client {
  send(dueAt: number): void;
  keepInFlight(count: number): void;
  finish(): Promise<void>;
}

async function open(port: number, token: string, mix: OrderMix, tally: Tally): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
  let connection: Socket | undefined;
  socket.once('upgrade', (response) => {
    connection = response.socket;
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map<number, { readonly command: Command; readonly dueAt: number }>();
  let lastId = 0;
  let refill = false;
  let finishing: (() => void) | undefined;
  let authenticated: (() => void) | undefined;

  function send(dueAt: number): void {
    const command = mix.next();
    lastId += 1;
    waiting.set(lastId, { command, dueAt });
    corkForThisTurn(connection!);
    socket.send(
      command.type === 'place'
        ? `{"id":${lastId},"method":"order.place","params":${command.json}}`
        : `{"id":${lastId},"method":"order.cancel","params":{"orderId":"${command.orderId}"}}`,
    );
  }

  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1', 0, 128);
    const id = Number(text.slice(6, text.indexOf(',', 6)));
    if (id === 0) return authenticated?.();
    const { command, dueAt } = waiting.get(id)!;
    waiting.delete(id);
    if (text.includes('"ok":true')) {
      tally.acknowledged(command.type, performance.now() - dueAt);
      if (command.type === 'place' && command.rests) {
        const from = text.indexOf('"order":{"id":"') + 15;
        mix.placed(text.slice(from, text.indexOf('"', from)));
      }
    } else {
      tally.refused(/"code":"([^"]+)"/.exec(text)?.[1] ?? 'unknown');
    }
    if (finishing !== undefined) {
      if (waiting.size === 0) finishing();
    } else if (refill) send(performance.now());
  });
  socket.send(JSON.stringify({ id: 0, method: 'authenticate', params: { token } }));
  await new Promise<void>((resolve) => {
    authenticated = resolve;
  });
  return {
    send,
    keepInFlight(count) {
      refill = true;
      for (let index = 0; index < count; index += 1) send(performance.now());
    },
    async finish() {
      await new Promise<void>((resolve) => {
        finishing = resolve;
        if (waiting.size === 0) resolve();
      });
      socket.terminate();
    },
  };
}

/** What is sent in one turn of the event loop leaves with one system call: the processor is shared with what is measured. */
function corkForThisTurn(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}

process.once('message', (task) => void run(task as SocketLoad));
