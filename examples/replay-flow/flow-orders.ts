import { formatDecimal, parseDecimal } from '../../src/domain/money.ts';
import type { Answer, OrderName, OrderRequest, Placement } from '../client/messages.ts';
import type { ExchangeSocket } from '../client/socket.ts';
import type { FlowCommand } from './flow-file.ts';
import type { FlowMarket } from './flow-market.ts';
import type { Tally } from './tally.ts';

type FlowPlace = Extract<FlowCommand, { type: 'place' | 'market' }>;
type FlowReduce = Extract<FlowCommand, { type: 'reduce' }>;
type FlowReplace = Extract<FlowCommand, { type: 'replace' }>;

/** What has to be remembered of an order: also of one that ended, since the flow may speak of it again. */
interface FlowOrder {
  readonly side: 'buy' | 'sell';
  clientOrderId: string;
  /** Known once the order is acknowledged. */
  orderId: string | undefined;
  /** In the flow's units, as placed, reduced or replaced. */
  quantity: bigint;
  replacements: number;
  /** While a replacement or reduction is on its way: whatever else is said of the order has to wait for it. */
  changing: Promise<unknown> | undefined;
}

/** Speaks the flow's commands to the exchange and counts what comes of them. */
export class FlowOrders {
  readonly #market: FlowMarket;
  readonly #tally: Tally;
  readonly #orders = new Map<string, FlowOrder>();

  constructor(market: FlowMarket, tally: Tally) {
    this.#market = market;
    this.#tally = tally;
  }

  /**
   * Sends a command at once, before it returns; only what is said of an order that is just being changed has to wait.
   * @returns fulfilled when the answer is there, whatever it is
   */
  async send(command: FlowCommand, socket: ExchangeSocket, connection: number): Promise<void> {
    const startedAt = performance.now();
    this.#tally.sent += 1;
    const answer = await this.#execute(command, socket);
    this.#tally.latency.add(performance.now() - startedAt);
    if (answer.ok) {
      this.#tally.acknowledged += 1;
      return;
    }
    this.#tally.refuse({
      command: command.type,
      ...answer.error,
      order: this.#orders.get(command.id),
      connection,
    });
  }

  #execute(command: FlowCommand, socket: ExchangeSocket): Promise<Answer<unknown>> {
    const changing = this.#orders.get(command.id)?.changing;
    return changing === undefined
      ? this.#speak(command, socket)
      : changing.then(() => this.#execute(command, socket));
  }

  #speak(command: FlowCommand, socket: ExchangeSocket): Promise<Answer<unknown>> {
    switch (command.type) {
      case 'place':
      case 'market':
        return this.#place(command, socket);
      case 'cancel':
        return socket.cancelOrder(nameOf(command.id, this.#orders.get(command.id)));
      case 'replace':
        return this.#replace(command, socket);
      case 'reduce':
        return this.#reduce(command, socket);
    }
  }

  #place(command: FlowPlace, socket: ExchangeSocket): Promise<Answer<Placement>> {
    const order: FlowOrder = {
      side: command.side,
      clientOrderId: command.id,
      orderId: undefined,
      quantity: command.quantity,
      replacements: 0,
      changing: undefined,
    };
    this.#orders.set(command.id, order);
    const request: OrderRequest =
      command.type === 'market'
        ? { ...this.#request(order), type: 'market' }
        : {
            ...this.#request(order),
            type: 'limit',
            timeInForce: command.timeInForce,
            price: formatDecimal(command.price, this.#market.priceScale),
          };
    return this.#submit(request, order, socket);
  }

  #reduce(command: FlowReduce, socket: ExchangeSocket): Promise<Answer<unknown>> {
    const order = this.#orders.get(command.id);
    // What isn't known can't be amended, but the exchange may say so.
    if (order === undefined) return socket.cancelOrder(nameOf(command.id, order));
    const left = order.quantity > command.quantity ? order.quantity - command.quantity : 0n;
    const reduced = socket
      .amendOrder(nameOf(command.id, order), { quantity: this.#quantity(left) })
      .then((answer) => {
        if (answer.ok) order.quantity = left;
        return answer;
      });
    return this.#change(order, reduced);
  }

  /** As the flow means it: how much is open afterwards is given, so what was filled before doesn't matter. */
  #replace(command: FlowReplace, socket: ExchangeSocket): Promise<Answer<unknown>> {
    const order = this.#orders.get(command.id);
    const canceled = socket.cancelOrder(nameOf(command.id, order));
    if (order === undefined) return canceled;
    const replaced = canceled.then((answer) =>
      answer.ok ? this.#placeAgain(command, order, socket) : answer,
    );
    return this.#change(order, replaced);
  }

  #change(order: FlowOrder, outcome: Promise<Answer<unknown>>): Promise<Answer<unknown>> {
    const changed = outcome.finally(() => {
      order.changing = undefined;
    });
    // Whoever waits for the change only waits; its failure is told to who sent it.
    order.changing = changed.catch(() => {});
    return changed;
  }

  #placeAgain(command: FlowReplace, order: FlowOrder, socket: ExchangeSocket): Promise<Answer<Placement>> {
    order.replacements += 1;
    order.clientOrderId = `${command.id}.${order.replacements}`;
    order.orderId = undefined;
    order.quantity = command.quantity;
    const price = formatDecimal(command.price, this.#market.priceScale);
    return this.#submit({ ...this.#request(order), type: 'limit', price }, order, socket);
  }

  #request(order: FlowOrder): Omit<OrderRequest, 'type'> {
    const { side, clientOrderId, quantity } = order;
    return {
      market: this.#market.symbol,
      side,
      quantity: this.#quantity(quantity),
      // A recorded flow does not say whose orders are whose.
      selfTradePrevention: 'none',
      clientOrderId,
    };
  }

  async #submit(request: OrderRequest, order: FlowOrder, socket: ExchangeSocket): Promise<Answer<Placement>> {
    const answer = await socket.placeOrder(request);
    if (answer.ok) {
      order.orderId = answer.result.order.id;
      this.#tally.addFills(answer.result.fills, (decimal) => this.#unitsOf(decimal));
    }
    return answer;
  }

  #quantity(units: bigint): string {
    return formatDecimal(units, this.#market.quantityScale);
  }

  #unitsOf(decimal: string): bigint {
    const units = parseDecimal(decimal, this.#market.quantityScale);
    if (!units.ok) throw new Error(`the exchange sent a quantity that is none: ${decimal}`);
    return units.value;
  }
}

/** By the exchange's own id where it is known: it remembers only so many clientOrderIds. */
function nameOf(flowId: string, order: FlowOrder | undefined): OrderName {
  if (order?.orderId !== undefined) return { orderId: order.orderId };
  return { clientOrderId: order?.clientOrderId ?? flowId };
}
