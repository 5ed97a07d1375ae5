import { nanoid } from 'nanoid';
import { MAX_OWNER as MAX_TRADE_GROUP } from '../../domain/book/commands.ts';
import { formatDecimal, parseDecimal } from '../../domain/money.ts';
import { accept, refuse } from '../../domain/rejection.ts';
import { FIRST_CUSTOMER_ACCOUNT, TREASURY_ACCOUNT } from '../../domain/trade.ts';
import { tell } from '../actor.ts';
import type { AdministrationMessage } from '../administration.ts';
import type { Exchange } from '../ports.ts';
import type { Asking } from './asking.ts';

/** Far above any supply and far enough below numeric(38,0) that balances can't overflow it. */
const MAX_DEPOSIT_MINOR = 10n ** 30n;

type OperatorCommands = Pick<
  Exchange,
  'createAsset' | 'createMarket' | 'setFees' | 'setMarketStatus' | 'setAccountPolicy' | 'credit'
>;

/** What operators ask for. */
export function operatorCommands({ options, ask, askAccount, marketNamed }: Asking): OperatorCommands {
  const { catalog } = options;

  const administrate = (message: (replyTo: number) => AdministrationMessage) =>
    ask((replyTo) => tell(options.administration, message(replyTo)), 'done');

  return {
    async createAsset(spec) {
      const answer = await administrate((replyTo) => ({ type: 'createAsset', spec, replyTo }));
      return answer.ok ? accept(catalog().asset(spec.symbol)!) : answer;
    },

    async createMarket(spec) {
      const answer = await administrate((replyTo) => ({ type: 'createMarket', spec, replyTo }));
      return answer.ok ? marketNamed(spec.symbol) : answer;
    },

    async setFees(symbol, tiers) {
      const answer = await administrate((replyTo) => ({ type: 'setFees', symbol, tiers, replyTo }));
      return answer.ok ? marketNamed(symbol) : answer;
    },

    async setMarketStatus(symbol, status, auctionMs) {
      const market = marketNamed(symbol);
      if (!market.ok) return market;
      const actor = options.market(market.value.id)!;
      const answer = await ask(
        (replyTo) =>
          tell(actor, {
            type: 'command',
            command: { type: 'setMarketStatus', status, ...(auctionMs === undefined ? {} : { auctionMs }) },
            replyTo,
          }),
        'done',
      );
      return answer.ok ? marketNamed(symbol) : answer;
    },

    async credit({ accountId, asset: symbol, amount, reference = nanoid() }) {
      const asset = catalog().asset(symbol);
      if (asset === undefined) return refuse('asset_not_found', 'There is no such asset.');
      if (accountId < FIRST_CUSTOMER_ACCOUNT && accountId !== TREASURY_ACCOUNT)
        return refuse('account_not_found', 'There is no such account.');
      const parsed = parseDecimal(amount, asset.scale);
      if (!parsed.ok) return parsed;
      const amountMinor = parsed.value;
      if (amountMinor === 0n) return refuse('invalid_amount', 'The amount must be above zero.');
      if (amountMinor > MAX_DEPOSIT_MINOR)
        return refuse('invalid_amount', 'The amount is larger than the ledger counts.');
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'deposit', assetId: asset.id, amountMinor, reference, replyTo }),
        'done',
      );
      return answer.ok
        ? accept({ reference, asset: symbol, amount: formatDecimal(amountMinor, asset.scale) })
        : answer;
    },

    async setAccountPolicy(accountId, policy) {
      const { tradeGroup } = policy;
      const isGroup =
        tradeGroup === undefined || (tradeGroup >= FIRST_CUSTOMER_ACCOUNT && tradeGroup <= MAX_TRADE_GROUP);
      if (accountId < FIRST_CUSTOMER_ACCOUNT || !isGroup) {
        return refuse('account_not_found', 'There is no such account.');
      }
      const answer = await askAccount(
        accountId,
        (replyTo) => ({ type: 'setPolicy', policy, replyTo }),
        'policy',
      );
      return answer.ok ? accept(answer.value.policy) : answer;
    },
  };
}
