import { z } from 'zod';
import { CANDLE_INTERVALS, type CandleInterval } from '../../domain/candles.ts';
import { MARKET_STATUSES } from '../../domain/markets/market.ts';
import { WITHDRAWAL_STATUSES } from '../../domain/withdrawals/withdrawal-machine.ts';
import { PreventedMatch } from '../account/schema.ts';
import { HealthSample } from '../figures/schema.ts';
import { Candle, Depth, Ticker, Trade } from '../markets/schema.ts';
import { Fill, Order } from '../orders/schema.ts';
import { Balance, DepthChange } from '../schemas/views.ts';
import { Withdrawal } from '../withdrawals/schema.ts';

/** Every event that the gateway sends, for the AsyncAPI document and the test that holds them to it. */

const market = z.string().meta({ examples: ['BTC-USDT'] });
const interval = z.enum(CANDLE_INTERVALS as [CandleInterval, ...CandleInterval[]]);

export const events = Object.freeze({
  trades: {
    summary:
      'Trades, oldest first. A snapshot of the last 100 comes first; after it no trade is left out or comes twice.',
    schema: z.strictObject({
      channel: z.literal('trades'),
      market,
      type: z.enum(['snapshot', 'update']),
      data: z.array(Trade),
    }),
    example: {
      channel: 'trades',
      market: 'BTC-USDT',
      type: 'update',
      data: [
        {
          id: '81',
          price: '64250.1',
          quantity: '0.005',
          takerSide: 'buy',
          executedAt: '2026-01-05T12:00:00.000Z',
        },
      ],
    },
  },
  depthSnapshot: {
    summary: 'The whole book: the diffs after it begin with the next sequence.',
    schema: z.strictObject({
      channel: z.literal('depth'),
      market,
      type: z.literal('snapshot'),
      data: Depth,
    }),
    example: {
      channel: 'depth',
      market: 'BTC-USDT',
      type: 'snapshot',
      data: {
        market: 'BTC-USDT',
        sequence: 1041,
        bids: [['64250.1', '0.75']],
        asks: [['64251', '0.2']],
        checksum: 2449453114,
      },
    },
  },
  depthDiff: {
    summary:
      'Changed levels with their new totals. firstSequence is one more than the lastSequence (or the snapshot’s ' +
      'sequence) before; a client that is behind gets one diff for several.',
    schema: z.strictObject({
      channel: z.literal('depth'),
      market,
      type: z.literal('diff'),
      data: DepthChange,
    }),
    example: {
      channel: 'depth',
      market: 'BTC-USDT',
      type: 'diff',
      data: {
        market: 'BTC-USDT',
        firstSequence: 1042,
        lastSequence: 1044,
        bids: [['64250.1', '0.5']],
        asks: [['64251', '0']],
        checksum: 3899115460,
      },
    },
  },
  ticker: {
    summary:
      'The ticker when it changed, at most a few times a second. A client that is behind gets the latest.',
    schema: z.strictObject({ channel: z.literal('ticker'), market, data: Ticker }),
    example: {
      channel: 'ticker',
      market: 'BTC-USDT',
      data: {
        market: 'BTC-USDT',
        status: 'open',
        auction: null,
        sequence: 1044,
        lastPrice: '64250.1',
        bestBid: ['64250.1', '0.5'],
        bestAsk: null,
        open: '63000',
        high: '65000',
        low: '62800.5',
        volume: '120.5',
        quoteVolume: '7712345.12',
        tradeCount: 5120,
        at: '2026-01-05T12:00:00.000Z',
      },
    },
  },
  candles: {
    summary:
      'The candle that is being traded in, at most a few times a second, and its last state once the next one opened.',
    schema: z.strictObject({ channel: z.literal('candles'), market, interval, data: Candle }),
    example: {
      channel: 'candles',
      market: 'BTC-USDT',
      interval: '1m',
      data: {
        openedAt: '2026-01-05T12:00:00.000Z',
        open: '64250.1',
        high: '64300',
        low: '64200',
        close: '64280',
        volume: '2.25',
        quoteVolume: '144600',
        tradeCount: 31,
      },
    },
  },
  account: {
    summary:
      'What one commit did to the account: the sections of the channels subscribed to. Sequences of an account have ' +
      'no gaps.',
    schema: z.strictObject({
      channel: z.literal('account'),
      sequence: z.int(),
      data: z.strictObject({
        orders: z.array(Order).optional(),
        fills: z.array(Fill).optional(),
        balances: z.array(Balance).optional(),
        preventedMatches: z.array(PreventedMatch).optional(),
        withdrawals: z.array(Withdrawal).optional(),
      }),
    }),
    example: {
      channel: 'account',
      sequence: 1042,
      data: {
        orders: [],
        balances: [{ asset: 'BTC', balance: '1.5', locked: '0.2', available: '1.3' }],
      },
    },
  },
  operatorWithdrawal: {
    summary: 'Channel `operator`: something happened to a withdrawal; read it by its route.',
    schema: z.strictObject({
      channel: z.literal('operator'),
      type: z.literal('withdrawal'),
      data: z.strictObject({ id: z.string(), status: z.enum(WITHDRAWAL_STATUSES), version: z.int() }),
    }),
    example: {
      channel: 'operator',
      type: 'withdrawal',
      data: { id: '17', status: 'awaiting_approval', version: 1 },
    },
  },
  operatorPause: {
    summary: 'Channel `operator`: all withdrawals are paused, or go on.',
    schema: z.strictObject({
      channel: z.literal('operator'),
      type: z.literal('pause'),
      data: z.strictObject({
        paused: z.strictObject({ reason: z.string(), at: z.iso.datetime() }).nullable(),
      }),
    }),
    example: {
      channel: 'operator',
      type: 'pause',
      data: { paused: { reason: 'a drill', at: '2026-01-05T12:00:00.000Z' } },
    },
  },
  operatorMarket: {
    summary: 'Channel `operator`: a market has another status.',
    schema: z.strictObject({
      channel: z.literal('operator'),
      type: z.literal('market'),
      data: z.strictObject({ market, status: z.enum(MARKET_STATUSES) }),
    }),
    example: { channel: 'operator', type: 'market', data: { market: 'BTC-USDT', status: 'halted' } },
  },
  operatorHealth: {
    summary: 'Channel `operator`: how the exchange did in the last two seconds.',
    schema: z.strictObject({ channel: z.literal('operator'), type: z.literal('health'), data: HealthSample }),
    example: {
      channel: 'operator',
      type: 'health',
      data: {
        at: '2026-01-05T12:00:00.000Z',
        messagesPerSecond: 812,
        commitsPerSecond: 96,
        commitMsP50: 4,
        commitMsP99: 11,
        backlog: 3,
        lagMs: 21,
        sockets: 44,
      },
    },
  },
  operatorAlarm: {
    summary: 'Channel `operator`: something that somebody should look at now.',
    schema: z.strictObject({
      channel: z.literal('operator'),
      type: z.literal('alarm'),
      data: z.strictObject({ source: z.string(), detail: z.string(), at: z.iso.datetime() }),
    }),
    example: {
      channel: 'operator',
      type: 'alarm',
      data: { source: 'custody', detail: 'BTC: 0.5 missing', at: '2026-01-05T12:00:00.000Z' },
    },
  },
  stopping: {
    summary: 'The exchange is about to stop; the socket will be closed with 1012.',
    schema: z.strictObject({
      channel: z.literal('system'),
      type: z.literal('stopping'),
      reason: z.string(),
    }),
    example: { channel: 'system', type: 'stopping', reason: 'restart' },
  },
  sessionEnded: {
    summary:
      'The token ran out or its session ended: private channels are over. Unless the socket signs in again within ten ' +
      'seconds it is closed with 4001.',
    schema: z.strictObject({
      channel: z.literal('system'),
      type: z.literal('session_ended'),
      reason: z.enum(['token_expired', 'session_ended']),
    }),
    example: { channel: 'system', type: 'session_ended', reason: 'token_expired' },
  },
} as const);
