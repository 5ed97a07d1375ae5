import { show, units } from '../../api/decimals.ts';
import type { TickerInfo } from './market-data.ts';
import { changeOf } from './use-tickers.ts';

/** The change since 24 hours ago, with its sign and not by colour alone. */
export function Change({ ticker }: { readonly ticker: TickerInfo | undefined }) {
  const change = ticker === undefined ? undefined : changeOf(ticker);
  if (change === undefined) return <span className="soft">–</span>;
  const size = change < 0n ? -change : change;
  const text = `${change < 0n ? '−' : '+'}${size / 100n}.${(size % 100n).toString().padStart(2, '0')} %`;
  return <span className={change < 0n ? 'sell' : 'buy'}>{text}</span>;
}

/** Large numbers shortened for people: 1.2 M. */
export function showLarge(text: string): string {
  const whole = units(text) / 10n ** 18n;
  for (const [size, name] of [
    [1_000_000_000n, 'bn'],
    [1_000_000n, 'M'],
    [10_000n, 'k'],
  ] as const) {
    if (whole < size) continue;
    const unit = size === 10_000n ? 1_000n : size;
    return `${whole / unit}.${((whole % unit) * 100n) / unit} ${name}`.replace(
      /\.(\d) /,
      (_, digit) => `.0${digit} `,
    );
  }
  return show(text, whole > 100n ? 2 : 4);
}
