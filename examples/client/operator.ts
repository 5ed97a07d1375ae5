import type { MarketSpec } from '../../src/domain/markets/market.ts';
import type { AssetInfo } from './markets.ts';
import type { RestClient } from './rest.ts';

/** What an operator does from outside: the operators' part of the REST API. */
export interface Operator {
  createAsset(asset: AssetInfo): Promise<void>;
  createMarket(spec: MarketSpec): Promise<void>;
  /** A simulated deposit; refused in production. */
  credit(accountId: string, asset: string, amount: string): Promise<void>;
}

/** @param accessToken an access token with the role operator, good when it is asked for */
export function createOperator(rest: RestClient, accessToken: () => Promise<string>): Operator {
  const post = async (path: string, body: unknown): Promise<void> => {
    await rest.request('POST', path, { body, token: await accessToken() });
  };
  return {
    createAsset: (asset) => post('/v1/admin/assets', asset),
    createMarket: (spec) => post('/v1/admin/markets', spec),
    credit: (accountId, asset, amount) => post('/v1/admin/credits', { accountId, asset, amount }),
  };
}
