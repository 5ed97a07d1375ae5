import { connect, type Socket } from 'node:net';
import { FrameReader, requestFrame, upgradeRequest } from './plain-socket.ts';
import type { TakersReport } from './takers.ts';

/** Clients that watch a market. They say when all of them are, and report once they are told of the trades. */
export interface SubscribersTask {
  readonly port: number;
  readonly subscribers: number;
}

/** Over all pairs of a trade and a client, in milliseconds. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface SubscribersReport {
  readonly subscribers: number;
  readonly tradesPerSecond: number;
  /** Frames with trades that each client got. */
  readonly framesPerSecond: number;
  readonly fromAcknowledgement: Delays;
  readonly fromMatch: Delays;
}

/** What a client notes of a frame with trades. All clients get the same bytes, so only one of them reads them. */
interface Arrival {
  readonly atMs: number;
  readonly bytes: number;
}

const TRADES = Buffer.from('{"channel":"trades"');
const ALL_ARRIVED_TIMEOUT_MS = 10_000;

async function run({ port, subscribers }: SubscribersTask): Promise<void> {
  const arrivals: Arrival[][] = [];
  const frames: { readonly id: number; readonly executedAtMs: number }[][] = [];
  let told = 0;
  const sockets = await Promise.all(
    Array.from({ length: subscribers }, async (_, index) => {
      const own: Arrival[] = [];
      arrivals.push(own);
      return subscribe(port, (payload, atMs) => {
        if (index === 0) {
          const trades = tradesIn(payload);
          told = trades.at(-1)!.id;
          frames.push(trades);
        }
        own.push({ atMs, bytes: payload.length });
      });
    }),
  );
  process.send!('ready');
  const { acknowledged, seconds } = await new Promise<TakersReport>((resolve) => {
    process.once('message', (report) => resolve(report as TakersReport));
  });
  const last = acknowledged.reduce((most, [id]) => Math.max(most, id), 0);
  const deadline = performance.now() + ALL_ARRIVED_TIMEOUT_MS;
  while (told < last || arrivals.some((own) => own.length < frames.length)) {
    if (performance.now() > deadline) throw new Error('trades are missing');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const socket of sockets) socket.destroy();

  const acknowledgedAtMs = new Map(acknowledged);
  const fromAcknowledgement = new DelayCounts();
  const fromMatch = new DelayCounts();
  for (const own of arrivals) {
    own.forEach(({ atMs, bytes }, k) => {
      if (bytes !== arrivals[0]![k]!.bytes) throw new Error('a client got other trades than the first one');
      for (const { id, executedAtMs } of frames[k]!) {
        fromAcknowledgement.add(atMs - acknowledgedAtMs.get(id)!);
        fromMatch.add(atMs - executedAtMs);
      }
    });
  }
  process.send!({
    subscribers,
    tradesPerSecond: acknowledged.length / seconds,
    framesPerSecond: frames.length / seconds,
    fromAcknowledgement: fromAcknowledgement.summary(),
    fromMatch: fromMatch.summary(),
  } satisfies SubscribersReport);
}

/** Connects a client; resolves when it has the snapshots of its channels. */
async function subscribe(port: number, onTrades: (payload: Buffer, atMs: number) => void): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.write(upgradeRequest(port));
  for (const channel of ['trades', 'depth']) {
    socket.write(requestFrame({ id: channel, method: 'subscribe', params: { channel, market: 'BTC-USDT' } }));
  }
  await new Promise<void>((resolve, reject) => {
    // Two answers and two snapshots come first.
    let before = 4;
    const reader = new FrameReader((payload) => {
      if (before > 0) {
        before -= 1;
        if (before === 0) resolve();
      } else if (payload.subarray(0, TRADES.length).equals(TRADES)) {
        onTrades(payload, performance.timeOrigin + performance.now());
      }
    });
    socket.on('data', (chunk) => reader.read(chunk));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the exchange closed a socket')));
  });
  return socket;
}

function tradesIn(payload: Buffer): { readonly id: number; readonly executedAtMs: number }[] {
  const { data } = JSON.parse(payload.toString()) as { data: { id: string; executedAt: string }[] };
  return data.map(({ id, executedAt }) => ({ id: Number(id), executedAtMs: Date.parse(executedAt) }));
}

/** Tens of millions of delays as counts for each tenth of a millisecond. */
class DelayCounts {
  readonly #counts = new Uint32Array(100_000);
  #total = 0;
  #max = 0;

  /** @param delayMs below zero when the client was told before whoever traded */
  add(delayMs: number): void {
    const delay = Math.max(0, delayMs);
    this.#counts[Math.min(this.#counts.length - 1, Math.floor(delay * 10))]! += 1;
    this.#total += 1;
    if (delay > this.#max) this.#max = delay;
  }

  summary(): Delays {
    return { p50: this.#percentile(0.5), p99: this.#percentile(0.99), max: Math.round(this.#max * 10) / 10 };
  }

  #percentile(part: number): number {
    let seen = 0;
    for (let tenth = 0; tenth < this.#counts.length; tenth += 1) {
      seen += this.#counts[tenth]!;
      if (seen >= part * this.#total) return (tenth + 1) / 10;
    }
    throw new Error('there is no percentile of nothing');
  }
}

process.once('message', (task) => void run(task as SubscribersTask));
