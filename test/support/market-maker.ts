import type { TestExchange } from './running-exchange.ts';

const LEVELS = 30;
const MIDDLE_CENTS = 6_425_000;

/** The demo market BTC-USDT with orders on both sides and some trades, made by two accounts. */
export async function fillMarket(
  { server: { exchange } }: TestExchange,
  maker: number,
  taker: number,
): Promise<void> {
  const place = async (accountId: number, side: 'buy' | 'sell', cents: number, quantity: string) => {
    const request = { market: 'BTC-USDT', side, type: 'limit', price: priceOf(cents), quantity } as const;
    const placed = await exchange.placeOrder({ accountId, request });
    if (!placed.ok) throw new Error(placed.refusal.detail);
  };
  for (let at = 0; at < 24; at += 1) {
    const cents = MIDDLE_CENTS + Math.round(Math.sin(at / 3) * 2_500);
    const side = at % 3 === 0 ? 'sell' : 'buy';
    await place(maker, side === 'buy' ? 'sell' : 'buy', cents, `0.0${(at % 7) + 1}`);
    await place(taker, side, cents, `0.0${(at % 7) + 1}`);
  }
  for (let level = 1; level <= LEVELS; level += 1) {
    const quantity = `0.${String(((level * 37) % 90) + 10)}`;
    await place(maker, 'sell', MIDDLE_CENTS + level * 150, quantity);
    await place(maker, 'buy', MIDDLE_CENTS - level * 150, quantity);
  }
}

export function priceOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
