import { AccountPolicy } from '../account/schema.ts';
import { Asset, Market } from '../markets/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import { CreateAsset, CreateMarket, Credit, Deposit, SetFees, SetStatus, SetTradeGroup } from './schema.ts';

const UNAVAILABLE = ['exchange_overloaded', 'exchange_stopped', 'outcome_unknown'] as const;

export const operatorOperations = {
  'POST /v1/admin/assets': {
    tag: 'operators',
    summary: 'Add an asset',
    access: 'operator',
    permission: 'assets.manage',
    request: CreateAsset,
    replies: { 201: { schema: Asset, description: 'The asset; it can be credited and traded at once.' } },
    problems: ['asset_exists', 'invalid_asset', ...UNAVAILABLE],
  },
  'POST /v1/admin/markets': {
    tag: 'operators',
    summary: 'Add a market',
    access: 'operator',
    permission: 'markets.manage',
    request: CreateMarket,
    replies: { 201: { schema: Market, description: 'The market, open.' } },
    problems: ['asset_not_found', 'invalid_fees', 'invalid_market', 'market_exists', ...UNAVAILABLE],
  },
  'PATCH /v1/admin/markets/:market': {
    tag: 'operators',
    summary: 'Change the fees of a market',
    description: 'For orders placed from now on; an order keeps the fees it was placed with.',
    access: 'operator',
    permission: 'markets.manage',
    request: SetFees,
    replies: { 200: { schema: Market, description: 'The market with its new fees.' } },
    problems: ['invalid_fees', 'market_not_found', ...UNAVAILABLE],
  },
  'POST /v1/admin/markets/:market/status': {
    tag: 'operators',
    summary: 'Open, halt, restrict, auction or close a market',
    description:
      '`open` resumes: what an auction gathered, or a halt kept from trading, trades at one price first. Cancels are taken ' +
      'whatever the status. `closed` cancels all orders and is the end.',
    access: 'operator',
    permission: 'markets.status',
    request: SetStatus,
    replies: { 200: { schema: Market, description: 'The market with its new status.' } },
    problems: [
      'invalid_market_status',
      'market_closed',
      'market_not_found',
      'market_restarting',
      ...UNAVAILABLE,
    ],
  },
  'PATCH /v1/admin/accounts/:accountId': {
    tag: 'operators',
    summary: 'Put an account into a trade group',
    description:
      'Accounts of one group are kept from trading with each other. For orders placed from now on.',
    access: 'operator',
    permission: 'accounts.policy',
    request: SetTradeGroup,
    replies: { 200: { schema: AccountPolicy, description: 'What applies to the account from now on.' } },
    problems: ['account_not_found', 'account_unavailable', 'own_account', ...UNAVAILABLE],
  },
  'POST /v1/admin/credits': {
    tag: 'operators',
    summary: 'Credit a simulated deposit',
    description: 'Takes the way that a real deposit takes. Not in production.',
    access: 'operator',
    permission: 'credits.add',
    request: Credit,
    replies: { 201: { schema: Deposit, description: 'The money can be spent.' } },
    problems: [
      'account_not_found',
      'account_unavailable',
      'asset_not_found',
      'duplicate_deposit',
      'invalid_amount',
      'own_account',
      'simulated_deposits_disabled',
      'too_many_decimals',
      ...UNAVAILABLE,
    ],
  },
} satisfies Operations;
