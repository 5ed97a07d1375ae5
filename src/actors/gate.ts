import { nanoid } from 'nanoid';
import { assert } from '../domain/assert.ts';
import type { Catalog } from '../domain/catalog.ts';
import { formatQuote, type Market } from '../domain/market.ts';
import { formatDecimal, parseDecimal } from '../domain/money.ts';
import { accept, type Result, refuse } from '../domain/rejection.ts';
import type { Ledger } from '../domain/settlement.ts';
import { FIRST_CUSTOMER_ACCOUNT } from '../domain/trade.ts';
import { orderId, viewFill, viewOrder } from '../domain/views.ts';
import type { Accounts } from './accounts/accounts.ts';
import { type ActorRef, tell } from './actor.ts';
import type { AdministrationMessage } from './administration.ts';
import type { Feed } from './feed/feed.ts';
import type { Exchange, Placement } from './ports.ts';
import type { AccountMessage, MarketMessage, Reply } from './protocol.ts';
import type { Replies } from './replies.ts';

/** Whether commands are let in. `failed`: nothing can be committed any more. */
export interface GateState {
  phase: 'running' | 'stopping' | 'failed';
  ledgerAvailable: boolean;
}

export interface GateOptions {
  readonly state: GateState;
  readonly backlog: () => number;
  readonly maxBacklog: number;
  readonly replies: Replies;
  readonly accounts: Accounts;
  readonly administration: ActorRef<AdministrationMessage>;
  readonly ledger: Ledger;
  readonly catalog: () => Catalog;
  readonly market: (marketId: number) => ActorRef<MarketMessage> | undefined;
  readonly feed: (marketId: number) => Feed | undefined;
  readonly now: () => number;
}

type Gate = Omit<Exchange, 'publicEvents' | 'accountFrames' | 'stopping'>;
type Answered<Type extends Reply['type']> = Extract<Reply, { type: Type }>;

const PPM_DECIMALS = 6;

/** The way in: turns commands into messages, waits for the answer, and shows it in human units. */
export function createGate(options: GateOptions): Gate {
  const { state, replies, accounts, catalog } = options;

  /** Why no command is let in at the moment; undefined when it is. */
  function closed(): Result<never> | undefined {
    if (state.phase !== 'running') return refuse('exchange_stopped', 'The exchange is not taking commands.');
    if (options.backlog() > options.maxBacklog) {
      return refuse('exchange_overloaded', 'Too many commands wait for the database; try again later.');
    }
    return undefined;
  }

  async function ask<Type extends Reply['type']>(
    send: (replyTo: number) => void,
    ...types: readonly Type[]
  ): Promise<Result<Answered<Type>>> {
    const refusal = closed();
    if (refusal !== undefined) return refusal;
    const { replyTo, reply } = replies.expect();
    send(replyTo);
    const answer = await reply;
    if (answer === undefined) {
      return refuse(
        'outcome_unknown',
        'The command may or may not be carried out; send it again with the same id.',
      );
    }
    if (answer.type === 'refused') return { ok: false, refusal: answer.refusal };
    assert((types as readonly string[]).includes(answer.type), 'an actor answers what it was asked');
    return accept(answer as Answered<Type>);
  }

  const askAccount = <Type extends Reply['type']>(
    accountId: number,
    message: (replyTo: number) => AccountMessage,
    ...types: readonly Type[]
  ) => ask((replyTo) => accounts.tell(accountId, message(replyTo)), ...types);

  const administrate = (message: (replyTo: number) => AdministrationMessage) =>
    ask((replyTo) => tell(options.administration, message(replyTo)), 'done');

  function marketNamed(symbol: string): Result<Market> {
    const market = catalog().market(symbol);
    return market === undefined ? refuse('market_not_found', 'There is no such market.') : accept(market);
  }

  async function placement(answer: Answered<'order' | 'repeated'>): Promise<Result<Placement>> {
    if (answer.type === 'order') {
      const market = catalog().marketById(answer.order.marketId)!;
      return accept({
        order: viewOrder(market, answer.order),
        fills: answer.trades.map((trade) => viewFill(market, trade, 'taker')),
        repeated: false,
      });
    }
    try {
      const order = await options.ledger.loadOrder(answer.ref);
      assert(order !== undefined, 'a committed order is in the ledger');
      return accept({
        order: viewOrder(catalog().marketById(order.marketId)!, order),
        fills: [],
        repeated: true,
      });
    } catch (error) {
      if (options.ledger.failureOf(error) === 'violation') throw error;
      return refuse(
        'outcome_unknown',
        'The order can’t be looked up at the moment; send it again with the same id.',
      );
    }
  }

  return {
    catalog,
    isReady: () => state.phase === 'running' && state.ledgerAvailable,

    async placeOrder({ accountId, request }) {
      const market = catalog().market(request.market);
      const needsPrice = request.type === 'market' && market !== undefined;
      const reference = needsPrice ? options.feed(market.id)!.referencePriceTicks(request.side) : null;
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'placeOrder', request, referencePriceTicks: reference, replyTo }),
        'order',
        'repeated',
      );
      return answer.ok ? placement(answer.value) : answer;
    },

    async cancelOrder({ accountId, name }) {
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'cancelOrder', name, replyTo }),
        'order',
      );
      if (!answer.ok) return answer;
      const { order } = answer.value;
      return accept(viewOrder(catalog().marketById(order.marketId)!, order));
    },

    async amendOrder({ accountId, name, price, quantity }) {
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'amendOrder', name, price, quantity, replyTo }),
        'order',
      );
      return answer.ok ? placement(answer.value) : answer;
    },

    async cancelAllOrders({ accountId, market: symbol }) {
      const named = symbol === undefined ? undefined : marketNamed(symbol);
      if (named?.ok === false) return named;
      const markets = named === undefined ? catalog().markets : [named.value];
      const answers = await Promise.all(
        markets.map((market) =>
          askAccount(
            accountId,
            (replyTo) => ({ type: 'cancelAllOrders', marketId: market.id, replyTo }),
            'canceledAll',
          ),
        ),
      );
      const ids: string[] = [];
      for (const answer of answers) {
        if (!answer.ok) return answer;
        ids.push(...answer.value.orders.map(orderId));
      }
      return accept(ids);
    },

    async fees(accountId) {
      const answer = await askAccount(accountId, (replyTo) => ({ type: 'getFees', replyTo }), 'fees');
      if (!answer.ok) return answer;
      return accept(
        answer.value.rates.map((rate) => {
          const market = catalog().marketById(rate.marketId)!;
          return {
            market: market.symbol,
            volume30d: formatQuote(market, rate.volumeMinor),
            volumeAsset: market.quote.symbol,
            makerFee: formatDecimal(BigInt(rate.makerFeePpm), PPM_DECIMALS),
            takerFee: formatDecimal(BigInt(rate.takerFeePpm), PPM_DECIMALS),
          };
        }),
      );
    },

    async createAsset(spec) {
      const answer = await administrate((replyTo) => ({ type: 'createAsset', spec, replyTo }));
      return answer.ok ? accept(catalog().asset(spec.symbol)!) : answer;
    },

    async createMarket(spec) {
      const answer = await administrate((replyTo) => ({ type: 'createMarket', spec, replyTo }));
      return answer.ok ? marketNamed(spec.symbol) : answer;
    },

    async setFees(symbol, tiers) {
      const answer = await administrate((replyTo) => ({ type: 'setFees', symbol, tiers, replyTo }));
      return answer.ok ? marketNamed(symbol) : answer;
    },

    async setMarketStatus(symbol, status) {
      const market = marketNamed(symbol);
      if (!market.ok) return market;
      const actor = options.market(market.value.id)!;
      const answer = await ask(
        (replyTo) => tell(actor, { type: 'command', command: { type: 'setMarketStatus', status }, replyTo }),
        'done',
      );
      return answer.ok ? marketNamed(symbol) : answer;
    },

    async credit({ accountId, asset: symbol, amount, reference = nanoid() }) {
      const asset = catalog().asset(symbol);
      if (asset === undefined) return refuse('asset_not_found', 'There is no such asset.');
      if (accountId < FIRST_CUSTOMER_ACCOUNT) return refuse('account_not_found', 'There is no such account.');
      const parsed = parseDecimal(amount, asset.scale);
      if (!parsed.ok) return parsed;
      const amountMinor = parsed.value;
      if (amountMinor === 0n) return refuse('invalid_amount', 'The amount must be above zero.');
      if (amountMinor > MAX_DEPOSIT_MINOR)
        return refuse('invalid_amount', 'The amount is larger than the ledger counts.');
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'deposit', assetId: asset.id, amountMinor, reference, replyTo }),
        'done',
      );
      return answer.ok
        ? accept({ reference, asset: symbol, amount: formatDecimal(amountMinor, asset.scale) })
        : answer;
    },

    depth(symbol, levels) {
      const market = marketNamed(symbol);
      return market.ok ? accept(options.feed(market.value.id)!.depth(levels)) : market;
    },

    ticker(symbol) {
      const market = marketNamed(symbol);
      return market.ok ? accept(options.feed(market.value.id)!.ticker(options.now())) : market;
    },
  };
}

/** Far above any supply and far enough below numeric(38,0) that balances can't overflow it. */
const MAX_DEPOSIT_MINOR = 10n ** 30n;
