import type { ExchangeSocket } from '../client/socket.ts';
import type { FlowCommand } from './flow-file.ts';
import type { FlowOrders } from './flow-orders.ts';

export interface FeedOptions {
  readonly sockets: readonly ExchangeSocket[];
  readonly orders: FlowOrders;
  readonly route: (orderId: string) => number;
  /** Commands without an answer that a connection may have. */
  readonly window: number;
  /** Asked before each command: true ends the feed early. */
  readonly stopped: () => boolean;
}

/**
 * Feeds the commands so that they reach the market in exactly the order of the file. Within a connection the exchange
 * keeps their order; before the next command goes another way, all that were sent must have been answered.
 */
export async function feedInOrder(commands: AsyncIterable<FlowCommand>, options: FeedOptions): Promise<void> {
  const { sockets, orders, route, window, stopped } = options;
  let current = -1;
  let inFlight: Promise<void>[] = [];
  const settle = async () => {
    await Promise.all(inFlight);
    inFlight = [];
  };
  for await (const command of commands) {
    if (stopped()) break;
    const connection = route(command.id);
    // These need to know how the order stands, and a replacement is two requests: nothing may come between.
    const alone = command.type === 'replace' || command.type === 'reduce';
    if (alone || connection !== current || inFlight.length >= window) await settle();
    current = connection;
    const sent = orders.send(command, sockets[connection]!, connection);
    // Whoever settles hears of a failure; until then nobody listens, and that must not end the process.
    sent.catch(() => {});
    inFlight.push(sent);
    if (alone) await settle();
  }
  await settle();
}

/**
 * Feeds the commands as fast as they are answered. Only the commands of one connection keep their order among
 * themselves; a connection whose window is full holds up the reading of the file.
 */
export async function feedFast(commands: AsyncIterable<FlowCommand>, options: FeedOptions): Promise<void> {
  const { sockets, orders, route, window, stopped } = options;
  const inFlight = sockets.map(() => 0);
  const waiting = sockets.map(() => [] as (() => void)[]);
  // A failure ends the feed at the next command; without a listener it would end the process before.
  const failures: unknown[] = [];
  const all = new Set<Promise<void>>();

  for await (const command of commands) {
    if (stopped() || failures.length > 0) break;
    const connection = route(command.id);
    if (inFlight[connection]! >= window) {
      await new Promise<void>((resolve) => waiting[connection]!.push(resolve));
    }
    inFlight[connection]! += 1;
    const sent = orders
      .send(command, sockets[connection]!, connection)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        all.delete(sent);
        inFlight[connection]! -= 1;
        waiting[connection]!.shift()?.();
      });
    all.add(sent);
  }
  await Promise.all(all);
  if (failures.length > 0) throw failures[0];
}
