import { createEventSource } from '../../../src/actors/event-stream.ts';
import type { AccountFrame, DepthView, Exchange, Placement, PublicEvent } from '../../../src/actors/ports.ts';
import { createCatalog } from '../../../src/domain/catalog.ts';
import type { Result } from '../../../src/domain/rejection.ts';
import { testMarket } from '../../actors/feed/market.ts';

/** An exchange whose events and answers the test decides: for what the transport does with them. */
export function scriptedExchange() {
  const publicEvents = createEventSource<PublicEvent>(fail);
  const accountFrames = createEventSource<AccountFrame>(fail);
  const stopping = createEventSource<{ readonly reason: string }>(fail);
  const market = testMarket();
  const withdrawals = {
    events: createEventSource<never>(fail),
    states: createEventSource<never>(fail),
    state: () => ({ paused: null }),
  };
  const catalog = createCatalog([market.base, market.quote], [market]);
  const script = {
    publicEvents,
    accountFrames,
    stopping,
    market,
    depth: { market: market.symbol, sequence: 0, bids: [], asks: [], checksum: 0 } as DepthView,
    /** Orders that wait for an answer. */
    orders: [] as { readonly accountId: number; answer(result: Result<Placement>): void }[],
    /** Resolves when the next order arrives. */
    nextOrder: undefined as (() => void) | undefined,
    exchange: undefined as unknown as Exchange,
    accountFrame(accountId: number, sequence: number): AccountFrame {
      const balance = { asset: 'BTC', balance: String(sequence), locked: '0', available: String(sequence) };
      return { accountId, sequence, orders: [], fills: [], balances: [balance] };
    },
  };
  const notFound = {
    ok: false,
    refusal: { code: 'market_not_found', detail: 'There is no such market.' },
  } as const;
  script.exchange = {
    catalog: () => catalog,
    isReady: () => true,
    publicEvents,
    withdrawals,
    accountFrames,
    stopping,
    depth: (symbol: string) => (symbol === market.symbol ? { ok: true, value: script.depth } : notFound),
    ticker: (symbol: string) =>
      symbol === market.symbol
        ? { ok: true, value: { market: symbol, sequence: script.depth.sequence } }
        : notFound,
    placeOrder: ({ accountId }: { accountId: number }) =>
      new Promise((resolve) => {
        script.orders.push({ accountId, answer: resolve });
        script.nextOrder?.();
      }),
    cancelOrder: () => Promise.reject(new Error('a bug')),
  } as unknown as Exchange;
  return script;
}

function fail(error: unknown): never {
  throw error;
}
