import type { Catalog } from '../domain/catalog.ts';
import type { InvariantViolation } from '../domain/invariants.ts';
import type { Accounts } from './accounts/accounts.ts';
import { type ActorRef, tell } from './actor.ts';
import type { ExchangeLog, ExchangeOptions } from './exchange.ts';
import type { ToMarket } from './markets/market-actor.ts';
import { type Monitor, startMonitor } from './monitor.ts';
import type { Exchange } from './ports.ts';
import type { Replies } from './replies.ts';
import type { FenceWatch } from './settlement/fence-watch.ts';

/** What of a running exchange is watched, and stopped where something is wrong. */
export interface Watched {
  readonly log: ExchangeLog;
  readonly replies: Replies;
  readonly accounts: Accounts;
  readonly markets: ReadonlyMap<number, ActorRef<ToMarket>>;
  readonly gate: Pick<Exchange, 'setMarketStatus'>;
  catalog(): Catalog;
  readonly fence: Pick<FenceWatch, 'isSuperseded'>;
}

/** Watches the invariants of an exchange: whatever breaks one stops, the account or the market, and somebody is told. */
export function watchInvariants(
  options: NonNullable<ExchangeOptions['monitor']>,
  { log, replies, accounts, markets, gate, catalog, fence }: Watched,
): Monitor {
  function stopWhatIsConcerned({ accountId, marketId }: InvariantViolation): void {
    const market = marketId === null ? undefined : catalog().marketById(marketId);
    if (market === undefined) return accounts.tell(accountId, { type: 'freeze' });
    gate.setMarketStatus(market.symbol, 'halted').then(
      (halted) => {
        if (!halted.ok)
          log.error({ market: market.symbol, why: halted.refusal.code }, 'the market could not be halted');
      },
      (error: unknown) => log.error({ err: error, market: market.symbol }, 'the market could not be halted'),
    );
  }

  return startMonitor(
    {
      reader: options.reader,
      isSuperseded: fence.isSuperseded,
      marketIds: () => [...markets.keys()],
      async inspectMarket(marketId, accountIds) {
        const { replyTo, reply } = replies.expect();
        tell(markets.get(marketId)!, { type: 'inspect', accountIds, replyTo });
        const answer = await reply;
        return answer?.type === 'inspectedMarket' ? answer.orders : undefined;
      },
      async inspectAccount(accountId) {
        if (!accounts.isAwake(accountId)) return undefined;
        const { replyTo, reply } = replies.expect();
        accounts.tellIfAwake(accountId, { type: 'inspect', replyTo });
        const answer = await reply;
        return answer?.type === 'inspectedAccount' ? (answer.available ?? undefined) : undefined;
      },
      onViolation(violation) {
        log.error({ violation }, 'an invariant is broken: what is concerned is stopped');
        stopWhatIsConcerned(violation);
        options.onViolation(violation);
      },
      onError: (error) => log.warn({ err: error }, 'the invariants could not be looked at; trying again'),
    },
    options.intervalMs,
  );
}
