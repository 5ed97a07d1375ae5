import type { Exchange } from '../../src/actors/ports.ts';
import { formatQuantity } from '../../src/domain/markets/market.ts';
import { must } from './oracles.ts';
import type { Tables } from './tables.ts';

/** As much as one order may have, in lots of the markets of the simulation. */
const LARGEST_LOTS = 10_000_000n;

/**
 * All that the ledger calls available may be spent, to the last lot, and not one lot more: no actor has kept or forgotten
 * anything in its memory.
 */
export async function checkSpendable(
  exchange: Exchange,
  tables: Tables,
  accounts: readonly number[],
): Promise<void> {
  for (const { symbol } of exchange.catalog().markets) await exchange.setMarketStatus(symbol, 'open');
  for (const accountId of accounts) {
    await exchange.setAccountPolicy(accountId, { frozen: false });
    await exchange.cancelAllAfter(accountId, 0);
    await exchange.cancelAllOrders({ accountId });
    for (const market of exchange.catalog().markets) {
      const available = (assetId: number) => {
        const wallet = tables.wallets.get(`${accountId}-${assetId}`);
        return wallet === undefined ? 0n : wallet.balanceMinor - wallet.lockedMinor;
      };
      for (const side of ['buy', 'sell'] as const) {
        if (side === 'buy' && market.symbol !== 'BTC-USD') continue;
        // At one tick a lot costs tickLotMinor.
        const lotMinor = side === 'buy' ? market.tickLotMinor : market.lotMinor;
        const price = side === 'buy' ? '0.01' : '900000';
        const asset = side === 'buy' ? market.quote : market.base;
        for (let rest = available(asset.id) / lotMinor; rest > 0n; rest -= LARGEST_LOTS) {
          const lots = rest < LARGEST_LOTS ? rest : LARGEST_LOTS;
          const request = {
            market: market.symbol,
            side,
            type: 'limit',
            price,
            quantity: formatQuantity(market, lots),
          } as const;
          const placed = await exchange.placeOrder({ accountId, request: { ...request, postOnly: true } });
          const code = placed.ok ? 'ok' : placed.refusal.code;
          const isSmall = code === 'quantity_too_small' || code === 'notional_too_small';
          must(
            placed.ok || isSmall,
            'all that is available may be spent',
            () => `${lots} lots of ${asset.symbol} by ${accountId}: ${code}`,
          );
        }
        const over = {
          market: market.symbol,
          side,
          type: 'limit',
          price,
          quantity: '100',
          postOnly: true,
        } as const;
        const refused = await exchange.placeOrder({ accountId, request: over });
        must(
          !refused.ok && refused.refusal.code === 'insufficient_funds',
          'nothing more may be spent',
          () =>
            `100 ${market.base.symbol} at ${price} by ${accountId}: ${refused.ok ? 'ok' : refused.refusal.code}`,
        );
      }
    }
  }
}
