import type { TradeView } from '../../domain/views.ts';

interface MarketTrades {
  /** Oldest first. */
  list: TradeView[];
  loading: Promise<void> | undefined;
}

const KEPT_TRADES = 100;

/**
 * The last trades of each market that somebody asked for: what the trades channel begins with. They are read from the
 * database once; after that what is published is added.
 */
export class RecentTrades {
  readonly #load: (market: string, limit: number) => Promise<readonly TradeView[]>;
  readonly #markets = new Map<string, MarketTrades>();

  constructor(load: (market: string, limit: number) => Promise<readonly TradeView[]>) {
    this.#load = load;
  }

  /** Resolves when `list` can be called; undefined when it can be already. */
  ready(market: string): Promise<void> | undefined {
    const known = this.#markets.get(market);
    if (known !== undefined) return known.loading;
    const trades: MarketTrades = { list: [], loading: undefined };
    this.#markets.set(market, trades);
    trades.loading = this.#load(market, KEPT_TRADES).then(
      (stored) => {
        const published = trades.list;
        trades.list = [...stored];
        trades.loading = undefined;
        append(trades, published);
      },
      (error: unknown) => {
        this.#markets.delete(market);
        throw error;
      },
    );
    return trades.loading;
  }

  /** The last trades, oldest first. */
  list(market: string): readonly TradeView[] {
    return this.#markets.get(market)?.list ?? [];
  }

  /**
   * Takes what is published. The database has trades that are not published yet, so some may be in the list already:
   * whoever asked for the list has them.
   * @returns the others
   */
  add(market: string, trades: readonly TradeView[]): readonly TradeView[] {
    const known = this.#markets.get(market);
    return known === undefined ? trades : append(known, trades);
  }
}

function append(market: MarketTrades, trades: readonly TradeView[]): readonly TradeView[] {
  const last = market.list.at(-1);
  const fresh = last === undefined ? trades : trades.filter(({ id }) => Number(id) > Number(last.id));
  if (fresh.length > 0) market.list = [...market.list, ...fresh].slice(-KEPT_TRADES);
  return fresh;
}
