import { WebSocket } from 'ws';
import type { Customer } from '../load/customers.ts';

/** Orders that each make one trade, so many a second. */
export interface TakersTask {
  readonly port: number;
  readonly customers: readonly Customer[];
  readonly seconds: number;
  readonly perSecond: number;
  readonly price: string;
}

/** When each trade was acknowledged: milliseconds since the Unix epoch, with fractions. */
export interface TakersReport {
  readonly acknowledged: readonly (readonly [tradeId: number, atMs: number])[];
  readonly seconds: number;
}

const PACE_MS = 2;

async function run({ port, customers, seconds, perSecond, price }: TakersTask): Promise<void> {
  const acknowledged: [number, number][] = [];
  let waiting = 0;
  let onAnswered = () => {};
  const sockets = await Promise.all(
    customers.map(({ token }) =>
      open(port, token, (tradeId) => {
        waiting -= 1;
        acknowledged.push([tradeId, performance.timeOrigin + performance.now()]);
        onAnswered();
      }),
    ),
  );
  const order = JSON.stringify({
    id: 1,
    method: 'order.place',
    params: { market: 'BTC-USDT', side: 'buy', type: 'limit', timeInForce: 'ioc', price, quantity: '0.001' },
  });
  const startedAt = performance.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - startedAt) / 1000;
      while (sent < Math.min(elapsed, seconds) * perSecond) {
        sockets[sent % sockets.length]!.send(order);
        sent += 1;
        waiting += 1;
      }
      if (elapsed < seconds) return;
      clearInterval(timer);
      resolve();
    }, PACE_MS);
  });
  await new Promise<void>((resolve) => {
    onAnswered = () => {
      if (waiting === 0) resolve();
    };
    onAnswered();
  });
  for (const socket of sockets) socket.terminate();
  process.send!({ acknowledged, seconds: (performance.now() - startedAt) / 1000 } satisfies TakersReport);
}

async function open(port: number, token: string, onTrade: (tradeId: number) => void): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ id: 0, method: 'authenticate', params: { token } }));
  await new Promise((resolve) => socket.once('message', resolve));
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    const trade = /"tradeId":"(\d+)"/.exec(text);
    if (trade === null) throw new Error(`an order did not trade: ${text}`);
    onTrade(Number(trade[1]));
  });
  return socket;
}

process.once('message', (task) => void run(task as TakersTask));
