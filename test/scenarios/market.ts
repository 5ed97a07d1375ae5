import type { Asset } from '../../src/domain/asset.ts';
import type { FeeTierSpec, Market, MarketSpec } from '../../src/domain/markets/market.ts';
import { marketOf } from '../support/markets.ts';
import { millisecondsOf, ppmOf, type ScenarioMarket } from './scenario.ts';

/** The market of the scenarios: few decimals, so that fees and their rounding can be followed by eye. */

export const BTC: Asset = Object.freeze({ id: 1, symbol: 'BTC', name: 'Bitcoin', scale: 4 });
export const USD: Asset = Object.freeze({ id: 2, symbol: 'USD', name: 'US dollar', scale: 2 });

const PLAIN: Partial<MarketSpec> = Object.freeze({
  tickSize: '1',
  lotSize: '0.1',
  minQuantity: '0.1',
  maxQuantity: '1000',
  minNotional: '0',
  feeTiers: [{ minVolume: '0', makerFeePpm: 0, takerFeePpm: 0 }],
});

/** The market with what a scenario changes of it. */
export function scenarioMarket(change: ScenarioMarket = {}): Market {
  const { band, limitBand, fees, breaker, ...rest } = change;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return marketOf(
    {
      ...PLAIN,
      ...given,
      ...(band === undefined ? {} : { bandPpm: ppmOf(band) }),
      ...(limitBand === undefined ? {} : { limitBandPpm: ppmOf(limitBand) }),
      ...(fees === undefined ? {} : { feeTiers: tiersOf(fees) }),
      ...(breaker === undefined
        ? {}
        : {
            breaker: {
              bandPpm: ppmOf(breaker.band),
              windowSeconds: millisecondsOf(breaker.window) / 1_000,
              auctionSeconds: millisecondsOf(breaker.auction) / 1_000,
            },
          }),
    },
    BTC,
    USD,
  );
}

function tiersOf(fees: NonNullable<ScenarioMarket['fees']>): FeeTierSpec[] {
  return [fees].flat().map(({ from = '0', maker, taker }) => ({
    minVolume: from,
    makerFeePpm: ppmOf(maker),
    takerFeePpm: ppmOf(taker),
  }));
}
