import type { Exchange, OrderName } from '../../src/actors/ports.ts';
import { isWorking } from '../../src/domain/orders/order-machine.ts';
import type { Result } from '../../src/domain/rejection.ts';
import type { OrderView } from '../../src/domain/views.ts';
import type { Faults } from './faults.ts';
import { must } from './oracles.ts';
import { listRequest, MARKETS, orderRequest, price, quantity } from './requests.ts';
import type { Owner, World } from './world.ts';

/** A process of the exchange that can be asked. */
export interface RunningProcess {
  readonly owner: Owner;
  readonly exchange: Exchange;
}

/** What a client is told; the record against which the ledger is held. */
export interface ClientLog {
  /** An answer said that this is done: it must be durable at that very moment. */
  acknowledged(what: string, orders: readonly OrderView[]): void;
  /** A deposit was acknowledged. */
  credited(accountId: number, reference: string): void;
  answered(kind: string, code: string): void;
}

/** As long as a client waits: longer than the exchange does, so that he learns what it knows. */
const PATIENCE_MS = 20_000;

type Send = (exchange: Exchange) => Promise<Result<unknown>>;

/**
 * One client of one account. He sends without waiting for answers, sometimes twice, answers slowly, and sends what he does not
 * know the outcome of again under the same name until he knows.
 */
export class Client {
  readonly accountId: number;
  /** Requests whose outcome he does not know yet. */
  waiting = 0;
  readonly #owner: Owner;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #process: () => RunningProcess | undefined;
  readonly #log: ClientLog;
  readonly #latest: number[] = [];
  /** What ends the requests that a process has under way. */
  readonly #underWay = new Map<() => void, Owner>();
  #names = 0;
  /** `asked`: for a freeze or its end, and not answered; `unsure`: nobody knows what came of that. */
  #freeze: 'none' | 'asked' | 'holds' | 'unsure' = 'none';
  #freezes = 0;

  constructor(
    accountId: number,
    world: World,
    faults: Faults,
    process: () => RunningProcess | undefined,
    log: ClientLog,
  ) {
    this.accountId = accountId;
    this.#owner = world.owner(`client-${accountId}`);
    this.#world = world;
    this.#faults = faults;
    this.#process = process;
    this.#log = log;
  }

  /** A process has died: its connections are closed, but for some that only seem to be open. */
  disconnected(from: Owner): void {
    for (const [end, owner] of this.#underWay) {
      if (owner === from && !this.#world.random.oneIn(4))
        this.#world.schedule(this.#owner, this.#latency(), end);
    }
  }

  /** Sends something. */
  next(): void {
    const { random } = this.#world;
    const { accountId } = this;
    // Not for long: most of what he sends is meant to be taken.
    if ((this.#freeze === 'holds' || this.#freeze === 'unsure') && random.oneIn(4))
      return this.#setFrozen(false);
    const dice = random.below(100);
    if (dice < 52) return this.#place();
    if (dice < 58) return this.#placeList();
    if (dice < 68) {
      const change = random.pick([
        { price: price(random) },
        { quantity: quantity(random) },
        { price: price(random), quantity: quantity(random) },
        { stopPrice: price(random) },
      ]);
      const name = this.#someOrder();
      return this.#send('amend', (exchange) => exchange.amendOrder({ accountId, name, ...change }));
    }
    if (dice < 74) return this.#replace();
    if (dice < 88) {
      const name = this.#someOrder();
      return this.#send('cancel', (exchange) => exchange.cancelOrder({ accountId, name }));
    }
    if (dice < 91) {
      const only = random.pick([{}, { side: 'buy' as const }, { tag: 'a' }, { market: MARKETS[0] }]);
      return this.#send('cancelAll', (exchange) => exchange.cancelAllOrders({ accountId, ...only }));
    }
    if (dice < 96) return this.#credit();
    if (dice < 98) {
      const afterMs = random.pick([0, 2_000, 30_000]);
      return this.#send('countdown', (exchange) => exchange.cancelAllAfter(accountId, afterMs));
    }
    if (dice < 99) return this.#send('fees', (exchange) => exchange.fees(accountId));
    if (this.#freeze === 'none' && random.oneIn(2)) return this.#setFrozen(true);
    const policy = { selfTrade: random.pick(['cancel_newest', 'cancel_oldest', 'none'] as const) };
    return this.#send('policy', (exchange) => exchange.setAccountPolicy(accountId, policy));
  }

  #place(): void {
    const { random } = this.#world;
    const clientOrderId = random.oneIn(3) ? undefined : this.#newName();
    const request = orderRequest(random, this.#world.wallClock(this.#owner), clientOrderId);
    const { accountId } = this;
    const send: Send = (exchange) => exchange.placeOrder({ accountId, request });
    this.#send('place', send, clientOrderId !== undefined);
  }

  #placeList(): void {
    const { random } = this.#world;
    const request = listRequest(random, this.#newName());
    const { accountId } = this;
    this.#send('list', (exchange) => exchange.placeOrderList({ accountId, request }), true);
  }

  #replace(): void {
    const { random } = this.#world;
    const request = orderRequest(random, this.#world.wallClock(this.#owner), this.#newName());
    const name = this.#someOrder();
    const { accountId } = this;
    this.#send('replace', (exchange) => exchange.replaceOrder({ accountId, name, request }), true);
  }

  #credit(): void {
    const { random } = this.#world;
    const reference = random.oneIn(4) ? `wire-${random.below(5)}` : this.#newName();
    const what = random.pick([
      { asset: 'USD', amount: '40' },
      { asset: 'BTC', amount: '0.4' },
      { asset: 'ETH', amount: '0.4' },
    ]);
    const { accountId } = this;
    this.#send(
      'credit',
      async (exchange) => {
        const credited = await exchange.credit({ accountId, reference, ...what });
        if (credited.ok) this.#log.credited(accountId, reference);
        return credited;
      },
      true,
    );
  }

  #setFrozen(frozen: boolean): void {
    const { accountId } = this;
    this.#freezes += 1;
    const turn = this.#freezes;
    const isLatest = () => turn === this.#freezes;
    const send: Send = async (exchange) => {
      const set = await exchange.setAccountPolicy(accountId, { frozen });
      if (set.ok && isLatest()) this.#freeze = frozen ? 'holds' : 'none';
      return set;
    };
    this.#freeze = 'asked';
    this.waiting += 1;
    this.#ask(frozen ? 'freeze' : 'unfreeze', send, () => {
      this.waiting -= 1;
      if (isLatest() && this.#freeze === 'asked') this.#freeze = 'unsure';
    });
  }

  #newName(): string {
    this.#names += 1;
    return `c${this.accountId}-${this.#names}`;
  }

  #someOrder(): OrderName {
    const { random } = this.#world;
    if (random.oneIn(8) && this.#names > 0)
      return {
        clientOrderId: `c${this.accountId}-${random.between(Math.max(1, this.#names - 5), this.#names)}`,
      };
    return { orderNo: this.#latest.length === 0 ? 1 : random.pick(this.#latest) };
  }

  /** @param isNamed whether to send it again can't do it twice */
  #send(kind: string, send: Send, isNamed = false): void {
    this.waiting += 1;
    if (isNamed && this.#faults.happens('duplicate request', 0.05)) this.#ask(kind, send, () => {});
    const until = (): void =>
      this.#ask(kind, send, (code) => {
        const isUnknown = code === 'outcome_unknown' || code === 'no_answer' || code === 'down';
        if (isUnknown && isNamed) this.#world.schedule(this.#owner, 500, until);
        else this.waiting -= 1;
      });
    until();
  }

  #ask(kind: string, send: Send, onAnswer: (code: string) => void): void {
    const world = this.#world;
    let isAnswered = false;
    const end = () => answer('no_answer');
    const answer = (code: string) => {
      if (isAnswered) return;
      isAnswered = true;
      this.#underWay.delete(end);
      this.#log.answered(kind, code);
      world.trace('answer', this.accountId, kind, code);
      onAnswer(code);
    };
    const process = this.#process();
    if (process === undefined) {
      world.schedule(this.#owner, 200, () => answer('down'));
      return;
    }
    this.#underWay.set(end, process.owner);
    const timeout = world.schedule(this.#owner, PATIENCE_MS, end);
    world.schedule(process.owner, this.#latency(), () => {
      const isFrozen = this.#freeze === 'holds';
      send(process.exchange).then(
        (result) => {
          this.#checkAnswer(kind, result, isFrozen);
          world.schedule(this.#owner, this.#latency(), () => {
            world.cancel(timeout);
            answer(result.ok ? 'ok' : result.refusal.code);
          });
        },
        (error: unknown) => world.fail(error),
      );
    });
  }

  /** What is acknowledged leaves the exchange here, so here it must be true. */
  #checkAnswer(kind: string, result: Result<unknown>, isFrozen: boolean): void {
    if (!result.ok) return;
    const { order, orders, canceled, repeated } = (result.value ?? {}) as {
      repeated?: boolean;
      order?: OrderView;
      orders?: readonly OrderView[];
      canceled?: OrderView | null;
    };
    const told = [order, ...(orders ?? []), canceled].filter((one): one is OrderView => one != null);
    try {
      const isTaken = ['place', 'list', 'replace'].includes(kind) && repeated === false;
      must(
        !(isFrozen && isTaken),
        'a frozen account takes nothing',
        () => `${kind} of ${this.accountId} was sent after the freeze was answered`,
      );
      this.#log.acknowledged(kind, told);
    } catch (error) {
      this.#world.fail(error);
    }
    for (const { id } of told.filter(({ status }) => isWorking(status))) {
      this.#latest.push(Number(id.split('-')[1]));
      if (this.#latest.length > 12) this.#latest.shift();
    }
  }

  #latency(): number {
    return this.#faults.happens('slow client', 0.01)
      ? this.#world.random.between(500, 8_000)
      : this.#world.random.fraction() * 3;
  }
}
