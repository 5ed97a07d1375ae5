import type { Operations } from '../openapi/operation.ts';
import * as schema from './schema.ts';

export const marketOperations = {
  'GET /v1/assets': {
    tag: 'markets',
    summary: 'All assets',
    access: 'public',
    replies: { 200: { schema: schema.Assets, description: 'In the order in which they were added.' } },
    problems: [],
  },
  'GET /v1/markets': {
    tag: 'markets',
    summary: 'All markets with their ticks, lots, limits and fees',
    access: 'public',
    replies: { 200: { schema: schema.Markets, description: 'In the order in which they were added.' } },
    problems: [],
  },
  'GET /v1/tickers': {
    tag: 'markets',
    summary: 'The last 24 hours of all markets',
    access: 'public',
    replies: { 200: { schema: schema.Tickers, description: 'One for each market.' } },
    problems: [],
  },
  'GET /v1/markets/:market': {
    tag: 'markets',
    summary: 'One market',
    access: 'public',
    request: schema.GetMarket,
    replies: { 200: { schema: schema.Market, description: 'The market.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/markets/:market/ticker': {
    tag: 'markets',
    summary: 'The last 24 hours of a market',
    access: 'public',
    request: schema.GetTicker,
    replies: { 200: { schema: schema.Ticker, description: 'As of the last commit.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/markets/:market/depth': {
    tag: 'markets',
    summary: 'The order book by price',
    access: 'public',
    request: schema.GetDepth,
    replies: { 200: { schema: schema.Depth, description: 'As of the last commit.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/markets/:market/trades': {
    tag: 'markets',
    summary: 'Trades, newest first',
    access: 'public',
    request: schema.ListTrades,
    replies: { 200: { schema: schema.TradePage, description: 'A page.' } },
    problems: ['market_not_found'],
  },
  'GET /v1/markets/:market/candles': {
    tag: 'markets',
    summary: 'Candles, oldest first',
    description: 'The newest within the time asked for, at most `limit`.',
    access: 'public',
    request: schema.ListCandles,
    replies: { 200: { schema: schema.Candles, description: 'Also the one that is still open.' } },
    problems: ['market_not_found'],
  },
} satisfies Operations;
