import test, { type ExecutionContext } from 'ava';
import { mulberry32 } from '../../bench/harness/mulberry32.ts';
import { Replay } from '../../src/actors/replay/replay.ts';
import { readLog } from '../../src/db/replay-source.ts';
import { listWallets } from '../../src/db/wallets-read.ts';
import type { OrderRequest } from '../../src/domain/orders/order-request.ts';
import type { Result } from '../../src/domain/rejection.ts';
import type { Ledger } from '../../src/domain/settlement.ts';
import { codeOf, startTestExchange, type TestExchange } from '../support/exchange.ts';

/** Everything at once and out of order, while the database comes and goes and the market fails. */

const WORKERS = 30;
const ROUNDS = 50;
const SEEDS = [3];

for (const seed of SEEDS) {
  test.serial(`commands that overtake each other, outages and failing markets, seed ${seed}`, async (t) => {
    const random = mulberry32(seed);
    const chaos = { on: false };
    const happens = (probability: number) => chaos.on && random() < probability;
    const x = await startTestExchange(t, {
      replyTimeoutMs: 60_000,
      wrapLedger: (ledger) => unreliable(ledger, happens),
      beforeMarketMessage: () => {
        if (happens(0.002)) throw new Error('a bug in the market');
      },
    });
    const accounts: number[] = [];
    for (let count = 0; count < 6; count += 1) accounts.push(await x.account({ BTC: '30', USD: '3000' }));
    const client = new Client(x, accounts, random);
    chaos.on = true;
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        for (let round = 0; round < ROUNDS; round += 1) await client.next();
      }),
    );
    chaos.on = false;
    for (const [name, orders] of client.ordersByName) t.is(orders.size, 1, `${name} names one order`);
    await assertNothingIsHeldBack(t, x, accounts);
    await x.exchange.stop('the log is read');
    const replay = new Replay();
    for await (const batch of readLog(x.pool)) await replay.apply(batch);
    replay.stop();
    t.log(Object.fromEntries([...client.codes].sort()), { batches: replay.batchNo });
  });
}

/** Sends what a client may send: known and unknown orders, repeated names, and bursts that wait for no answer. */
class Client {
  readonly codes = new Map<string, number>();
  readonly ordersByName = new Map<string, Set<string>>();
  readonly #x: TestExchange;
  readonly #accounts: readonly number[];
  readonly #random: () => number;
  readonly #latest = new Map<number, number[]>();

  constructor(x: TestExchange, accounts: readonly number[], random: () => number) {
    this.#x = x;
    this.#accounts = accounts;
    this.#random = random;
  }

  async next(): Promise<void> {
    const { exchange } = this.#x;
    const accountId = this.#pick(this.#accounts);
    const dice = this.#random();
    if (dice < 0.35) return this.#burst(accountId);
    if (dice < 0.65) return this.#place(accountId, this.#request(this.#name()));
    const name = this.#orderOf(accountId);
    if (dice < 0.85) return this.#count('amend', exchange.amendOrder({ accountId, name, ...this.#change() }));
    if (dice < 0.95) return this.#count('cancel', exchange.cancelOrder({ accountId, name }));
    if (dice < 0.97) return this.#count('cancelAll', exchange.cancelAllOrders({ accountId }));
    if (dice < 0.999) {
      const reference = `wire-${this.#below(20)}`;
      return this.#count('credit', exchange.credit({ accountId, asset: 'USD', amount: '0.5', reference }));
    }
    await exchange.setMarketStatus('BTC-USD', this.#pick(['halted', 'post_only', 'cancel_only']));
    await exchange.setMarketStatus('BTC-USD', 'open');
  }

  /** An order and what becomes of it, all sent before the first answer. */
  async #burst(accountId: number): Promise<void> {
    const { exchange } = this.#x;
    const clientOrderId = `burst-${this.#below(1e9)}`;
    const name = { clientOrderId };
    const request = this.#request(clientOrderId);
    const sent = [this.#place(accountId, request)];
    for (let more = this.#below(5); more > 0; more -= 1) {
      const dice = this.#random();
      if (dice < 0.5)
        sent.push(this.#count('amend', exchange.amendOrder({ accountId, name, ...this.#change() })));
      else if (dice < 0.7) sent.push(this.#count('cancel', exchange.cancelOrder({ accountId, name })));
      else if (dice < 0.95) sent.push(this.#place(accountId, request));
      else sent.push(this.#count('cancelAll', exchange.cancelAllOrders({ accountId })));
    }
    await Promise.all(sent);
  }

  async #place(accountId: number, request: Partial<OrderRequest>): Promise<void> {
    const result = await this.#x.place(accountId, request);
    this.#count(request.type ?? 'limit', result);
    if (!result.ok) return;
    const { id } = result.value.order;
    const latest = this.#latest.get(accountId) ?? [];
    this.#latest.set(accountId, [...latest.slice(-15), Number(id.split('-')[1])]);
    if (request.clientOrderId === undefined) return;
    const key = `${accountId} ${request.clientOrderId}`;
    this.ordersByName.set(key, (this.ordersByName.get(key) ?? new Set()).add(id));
  }

  #request(clientOrderId: string | undefined): Partial<OrderRequest> {
    const base = { side: this.#pick(['buy', 'sell'] as const), clientOrderId };
    const dice = this.#random();
    const limit = { ...base, price: this.#price(), quantity: this.#quantity() };
    if (dice < 0.6)
      return { ...limit, timeInForce: this.#pick(['gtc', 'gtc', 'gtc', 'ioc', 'fok'] as const) };
    if (dice < 0.7) return { ...limit, postOnly: true };
    const market = { ...base, type: 'market', price: undefined } as const;
    if (dice < 0.85)
      return { ...market, quantity: this.#quantity(), timeInForce: this.#pick(['ioc', 'fok']) };
    return { ...market, side: 'buy', quantity: undefined, quoteAmount: `${1 + this.#below(100)}.123456` };
  }

  #change(): { price?: string; quantity?: string } {
    const price = this.#random() < 0.7 ? { price: this.#price() } : {};
    return this.#random() < 0.7 ? { ...price, quantity: this.#quantity() } : price;
  }

  #name(): string | undefined {
    const dice = this.#random();
    if (dice < 0.5) return undefined;
    return dice < 0.55 ? `often-${this.#below(9)}` : `once-${this.#below(1e9)}`;
  }

  #orderOf(accountId: number) {
    const orderNo = this.#pick(this.#latest.get(accountId) ?? [1]);
    return this.#random() < 0.95 ? { orderNo } : { clientOrderId: `often-${this.#below(9)}` };
  }

  async #count(kind: string, answer: Result<unknown> | Promise<Result<unknown>>): Promise<void> {
    const key = `${kind} ${codeOf(await answer)}`;
    this.codes.set(key, (this.codes.get(key) ?? 0) + 1);
  }

  #price = () => String(90 + this.#below(20));
  #quantity = () => ((1 + this.#below(100)) / 100).toFixed(2);
  #below = (limit: number) => Math.floor(this.#random() * limit);
  #pick = <Value>(values: readonly Value[]): Value => values[this.#below(values.length)]!;
}

/** All that the ledger calls available may be spent: no reservation was lost on the way. */
async function assertNothingIsHeldBack(t: ExecutionContext, x: TestExchange, accounts: readonly number[]) {
  await x.exchange.setMarketStatus('BTC-USD', 'open');
  for (const accountId of accounts) {
    for (const { assetId, balanceMinor, lockedMinor } of await listWallets(x.pool, accountId)) {
      const available = balanceMinor - lockedMinor;
      const buys = x.exchange.catalog().assetById(assetId)!.symbol === 'USD';
      // At one tick a lot costs one minor unit; a lot to sell is 10,000 of them.
      const lots = buys ? available : available / 10_000n;
      for (let rest = lots; rest > 0n; rest -= 10_000_000n) {
        const some = rest < 10_000_000n ? rest : 10_000_000n;
        const text = some.toString().padStart(5, '0');
        const quantity = `${text.slice(0, -4)}.${text.slice(-4)}`;
        const order = buys
          ? { side: 'buy' as const, price: '0.01', quantity }
          : { side: 'sell' as const, price: '900000', quantity };
        const code = codeOf(await x.place(accountId, { ...order, postOnly: true }));
        const small = code === 'quantity_too_small' || code === 'notional_too_small';
        t.true(code === 'ok' || small, `${available} of asset ${assetId}: ${code}`);
      }
    }
  }
}

function unreliable(ledger: Ledger, happens: (probability: number) => boolean): Ledger {
  const lose = (probability: number) => {
    if (happens(probability)) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  };
  return {
    ...ledger,
    async settle(batch, frame) {
      lose(0.01);
      const outcome = await ledger.settle(batch, frame);
      // The commit is done, but its answer is lost.
      lose(0.01);
      return outcome;
    },
    async position() {
      lose(0.2);
      return ledger.position();
    },
    async framesOf(...args) {
      lose(0.3);
      return ledger.framesOf(...args);
    },
    async loadMarkets(markets) {
      lose(0.2);
      return ledger.loadMarkets(markets);
    },
    async loadAccount(...args) {
      lose(0.3);
      return ledger.loadAccount(...args);
    },
  };
}
