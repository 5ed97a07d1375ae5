import type { Operations } from '../openapi/operation.ts';
import * as schema from './schema.ts';

export const accountOperations = {
  'GET /v1/balances': {
    tag: 'account',
    summary: 'What I own, what is locked in orders, and what I may spend',
    access: 'customer',
    scope: 'read',
    replies: { 200: { schema: schema.Balances, description: 'As of the last commit.' } },
    problems: [],
  },
  'GET /v1/fills': {
    tag: 'account',
    summary: 'My trades, newest first',
    description:
      'A trade with oneself gives two fills, which are never torn apart: a page may hold more than asked for.',
    access: 'customer',
    weight: 5,
    scope: 'read',
    request: schema.ListFills,
    replies: { 200: { schema: schema.FillPage, description: 'A page.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/prevented-matches': {
    tag: 'account',
    summary: 'Trades of my orders that self-trade prevention kept from happening, newest first',
    access: 'customer',
    weight: 5,
    scope: 'read',
    request: schema.ListPreventedMatches,
    replies: { 200: { schema: schema.PreventedMatchPage, description: 'A page.' } },
    problems: ['market_not_found'],
  },
  'PUT /v1/account/policy': {
    tag: 'account',
    summary: 'Set what my orders do that don’t say themselves',
    description: 'For orders placed from now on.',
    access: 'customer',
    scope: 'trade',
    request: schema.SetAccountPolicy,
    replies: { 200: { schema: schema.AccountPolicy, description: 'What applies from now on.' } },
    problems: ['account_unavailable', 'exchange_overloaded', 'exchange_stopped', 'outcome_unknown'],
  },
  'GET /v1/ledger': {
    tag: 'account',
    summary: 'Every change of my balances, newest first',
    access: 'customer',
    weight: 5,
    scope: 'read',
    request: schema.ListLedgerEntries,
    replies: { 200: { schema: schema.LedgerPage, description: 'A page.' } },
    problems: ['asset_not_found'],
  },
  'GET /v1/fees': {
    tag: 'account',
    summary: 'The fees that apply to me',
    access: 'customer',
    scope: 'read',
    replies: { 200: { schema: schema.Fees, description: 'One for each market.' } },
    problems: ['account_unavailable', 'exchange_overloaded', 'exchange_stopped'],
  },
  'GET /v1/pnl': {
    tag: 'account',
    summary: 'My profit and loss',
    description:
      'By average cost, each market by itself. What is sold beyond what was bought in the market (a deposit has no ' +
      'price) counts as a position below zero.',
    access: 'customer',
    weight: 5,
    scope: 'read',
    replies: { 200: { schema: schema.ProfitAndLoss, description: 'One for each market traded in.' } },
    problems: [],
  },
} satisfies Operations;
