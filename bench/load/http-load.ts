import { connect, type Socket } from 'node:net';
import type { Customer } from './customers.ts';
import { type Command, OrderMix } from './order-mix.ts';
import { type LoadResult, Tally } from './tally.ts';

/**
 * Load over REST: connections that each send a request as soon as the one before is answered. It speaks HTTP/1.1 on
 * plain sockets, so that it takes as little as possible of the processor that it shares with what it measures.
 */
export interface HttpLoad {
  readonly port: number;
  /** One connection each. */
  readonly customers: readonly Customer[];
  readonly seconds: number;
  readonly seed: number;
}

const HEADER_END = Buffer.from('\r\n\r\n');

async function run({ port, customers, seconds, seed }: HttpLoad): Promise<void> {
  const tally = new Tally();
  const clients = await Promise.all(
    customers.map((customer, index) => open(port, customer.token, new OrderMix(seed * 1_000 + index), tally)),
  );
  const startedAt = performance.now();
  for (const client of clients) client.begin();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const elapsed = (performance.now() - startedAt) / 1000;
  const result = tally.summary(elapsed);
  // What is under way is answered before the sockets close, so that the next load finds a quiet exchange.
  await Promise.all(clients.map((client) => client.finish()));
  process.send!({ ...result, placedInAll: tally.placed } satisfies LoadResult);
}

interface Client {
  begin(): void;
  finish(): Promise<void>;
}

async function open(port: number, token: string, mix: OrderMix, tally: Tally): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const headers = `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
  let command: Command = mix.next();
  let sentAt = 0;
  let finishing: (() => void) | undefined;

  function send(): void {
    command = mix.next();
    sentAt = performance.now();
    socket.write(requestText(command, headers), 'latin1');
  }

  readResponses(socket, (status, body) => {
    if (status < 300) {
      tally.acknowledged(command.type, performance.now() - sentAt);
      if (command.type === 'place' && command.rests) mix.placed(/"id":"([^"]+)"/.exec(body)![1]!);
    } else {
      tally.refused(/"code":"([^"]+)"/.exec(body)?.[1] ?? String(status));
    }
    if (finishing === undefined) return send();
    socket.end();
    finishing();
  });
  return {
    begin: send,
    finish: () =>
      new Promise((resolve) => {
        finishing = resolve;
      }),
  };
}

function requestText(command: Command, headers: string): string {
  if (command.type === 'cancel') return `DELETE /v1/orders/${command.orderId} HTTP/1.1\r\n${headers}\r\n`;
  return (
    `POST /v1/orders HTTP/1.1\r\n${headers}Content-Type: application/json\r\n` +
    `Content-Length: ${command.json.length}\r\n\r\n${command.json}`
  );
}

/** Calls back with each response; all of them have a Content-Length. */
function readResponses(socket: Socket, onResponse: (status: number, body: string) => void): void {
  let rest: Buffer | undefined;
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    while (bytes.length > 0) {
      const headerEnd = bytes.indexOf(HEADER_END);
      const head = headerEnd < 0 ? '' : bytes.toString('latin1', 0, headerEnd);
      const length = headerEnd < 0 ? 0 : Number(/content-length: *(\d+)/i.exec(head)![1]);
      const end = headerEnd + HEADER_END.length + length;
      if (headerEnd < 0 || end > bytes.length) {
        rest = bytes;
        return;
      }
      onResponse(Number(head.slice(9, 12)), bytes.toString('latin1', headerEnd + HEADER_END.length, end));
      bytes = bytes.subarray(end);
    }
  });
}

process.once('message', (task) => void run(task as HttpLoad));
