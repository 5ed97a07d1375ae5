import { z } from 'zod';
import { SELF_TRADE_PREVENTIONS } from '../../domain/orders/order.ts';
import { POSTING_KINDS } from '../../domain/settlement.ts';
import { Fill } from '../orders/schema.ts';
import { MarketSymbol } from '../schemas/order-request.ts';
import * as views from '../schemas/views.ts';
import { accountIdText, assetSymbol, cursor, decimal, limit, page, signedDecimal } from '../wire.ts';

export const Balance = views.Balance.meta({ id: 'Balance' });
export const Balances = z
  .strictObject({
    balances: z.array(Balance).meta({ description: 'One for each asset, also where it is zero.' }),
  })
  .meta({ id: 'Balances' });

export const FillPage = page(Fill).meta({ id: 'FillPage' });

const entryKinds = Object.keys(POSTING_KINDS) as (keyof typeof POSTING_KINDS)[];
export const LedgerEntry = z
  .strictObject({
    id: z.string().meta({ description: 'Number of the journal entry.', example: '81' }),
    kind: z.enum(entryKinds),
    postedAt: z.iso.datetime(),
    postings: z.array(
      z.strictObject({
        asset: assetSymbol,
        amount: signedDecimal.meta({ description: 'Positive: received.' }),
      }),
    ),
  })
  .meta({ id: 'LedgerEntry', description: 'The part of a journal entry that is on this account.' });
export const LedgerPage = page(LedgerEntry).meta({ id: 'LedgerPage' });

export const Fee = z
  .strictObject({
    market: MarketSymbol,
    volume30d: decimal.meta({ description: 'Traded in 30 days in all markets with this quote asset.' }),
    volumeAsset: assetSymbol,
    makerFee: decimal.meta({ description: 'Fraction of what is received.', example: '0.001' }),
    takerFee: decimal.meta({ description: 'Fraction of what is received.', example: '0.002' }),
  })
  .meta({ id: 'Fee' });
export const Fees = z.strictObject({ fees: z.array(Fee).readonly() }).meta({ id: 'Fees' });

export const Position = z
  .strictObject({
    market: MarketSymbol,
    asset: assetSymbol,
    quoteAsset: assetSymbol,
    quantity: signedDecimal.meta({
      description: 'Bought less sold and fees, in this market; below zero when deposits were sold.',
    }),
    cost: signedDecimal.meta({ description: 'What the quantity cost, in the quote asset.' }),
    averageCost: decimal
      .nullable()
      .meta({ description: 'Cost of one base unit, rounded down to four decimals more than the price has.' }),
    lastPrice: decimal.nullable(),
    realised: signedDecimal.meta({ description: 'Gained by what was closed, fees included.' }),
    unrealised: signedDecimal.nullable().meta({ description: 'Value at the last price less the cost.' }),
  })
  .meta({ id: 'Position', description: 'By average cost; the same as folding the fills in their order.' });
export const ProfitAndLoss = z
  .strictObject({ positions: z.array(Position).meta({ description: 'One for each market traded in.' }) })
  .meta({ id: 'ProfitAndLoss' });

export const PreventedMatch = views.PreventedMatch.meta({ id: 'PreventedMatch' });
export const PreventedMatchPage = page(PreventedMatch).meta({ id: 'PreventedMatchPage' });
export const ListPreventedMatches = {
  query: z.strictObject({ market: MarketSymbol.optional(), limit: limit(500, 100), cursor }),
};

export const selfTradePrevention = z.enum(SELF_TRADE_PREVENTIONS).meta({
  id: 'SelfTradePrevention',
  description:
    '`cancel_newest` cancels what is left of the order that comes in, `cancel_oldest` the one that rests, `cancel_both` ' +
    'both; `decrement_and_cancel` takes the smaller quantity from both; `none` lets them trade.',
});
export const AccountPolicy = z
  .strictObject({
    selfTradePrevention: selfTradePrevention.meta({ description: 'For orders that don’t say themselves.' }),
    tradeGroup: accountIdText.meta({
      description: 'Accounts of one trade group are kept from trading with each other; an operator sets it.',
    }),
  })
  .meta({ id: 'AccountPolicy' });
export const SetAccountPolicy = {
  body: z
    .strictObject({ selfTradePrevention })
    .meta({ id: 'SetAccountPolicy', example: { selfTradePrevention: 'cancel_oldest' } }),
};

export const ListFills = {
  query: z.strictObject({ market: MarketSymbol.optional(), limit: limit(500, 100), cursor }),
};
export const ListLedgerEntries = {
  query: z.strictObject({ asset: assetSymbol.optional(), limit: limit(500, 100), cursor }),
};
