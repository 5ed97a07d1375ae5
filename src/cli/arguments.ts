import { InvalidArgumentError } from 'commander';
import { MARKET_STATUSES, type MarketStatus, type PriceBreakerSpec } from '../domain/markets/market.ts';
import { CliError, EXIT } from './errors.ts';

/** What is written on the command line, as what it means. */

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function statusNamed(text: string): MarketStatus {
  const status = MARKET_STATUSES.find((known) => known === text);
  if (status !== undefined) return status;
  throw new CliError(
    'invalid_status',
    `The status must be one of ${MARKET_STATUSES.join(', ')}.`,
    EXIT.usage,
  );
}

export function feeTier(text: string) {
  const match = /^(\d+(?:\.\d+)?):(\d{1,9}):(\d{1,9})$/.exec(text);
  if (match === null) {
    throw new CliError('invalid_fees', `'${text}' is not a tier like 0:1000:2000.`, EXIT.usage);
  }
  return { minVolume: match[1]!, makerFeePpm: Number(match[2]), takerFeePpm: Number(match[3]) };
}

/** For example `50000:60:300`: band in millionths, window and auction in seconds. */
export function breaker(text: string): PriceBreakerSpec {
  const match = /^(\d{1,7}):(\d{1,5}):(\d{1,5})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be like 50000:60:300.');
  return { bandPpm: Number(match[1]), windowSeconds: Number(match[2]), auctionSeconds: Number(match[3]) };
}
