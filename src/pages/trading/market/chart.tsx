import { memo, useEffect, useRef, useState } from 'react';
import { CANDLE_INTERVALS, type CandleInterval } from '../../../domain/candles.ts';
import type { CandleView } from '../../../domain/views.ts';
import { decimalsOf } from '../../api/decimals.ts';
import { live } from '../../api/live.ts';
import { get } from '../../api/request.ts';
import type { CandleCanvas } from './candle-canvas.ts';
import type { MarketInfo } from './market-data.ts';

const KEPT = 'bourse.interval';

function keptInterval(): CandleInterval {
  const kept = localStorage.getItem(KEPT);
  return CANDLE_INTERVALS.find((interval) => interval === kept) ?? '1m';
}

/** Drawn anew only for another market: the canvas follows its own stream. */
export const Chart = memo(function Chart({ market }: { readonly market: MarketInfo }) {
  const [interval, setInterval] = useState<CandleInterval>(keptInterval);
  const [said, setSaid] = useState<string>();
  const within = useRef<HTMLDivElement>(null);
  const { symbol, tickSize } = market;
  useEffect(() => {
    let canvas: CandleCanvas | undefined;
    let newest = '';
    let isOver = false;
    const read = async () => {
      const { candles } = await get<{ candles: readonly CandleView[] }>(
        `/v1/markets/${encodeURIComponent(symbol)}/candles?interval=${interval}&limit=500`,
      );
      // The library comes with the first chart, not with the page.
      const { CandleCanvas } = await import('./candle-canvas.ts');
      if (isOver || within.current === null) return;
      canvas ??= new CandleCanvas(within.current, decimalsOf(tickSize));
      newest = candles.at(-1)?.openedAt ?? '';
      canvas.show(candles);
      setSaid(candles.length === 0 ? 'Nothing was traded yet.' : undefined);
    };
    const end = live.subscribe(
      { channel: 'candles', market: symbol, interval },
      ({ data }) => {
        // The chart takes nothing that is older than what it has.
        if (canvas === undefined || data.openedAt < newest) return;
        newest = data.openedAt;
        canvas.update(data);
        setSaid(undefined);
      },
      () => void read().catch(() => setSaid('The candles could not be read.')),
    );
    return () => {
      isOver = true;
      end();
      canvas?.close();
    };
  }, [symbol, tickSize, interval]);
  const choose = (name: CandleInterval) => {
    localStorage.setItem(KEPT, name);
    setInterval(name);
  };
  return (
    <section className="chart" aria-label={`Candles of ${symbol}`}>
      <fieldset className="plain chart-head" aria-label="Length of candles">
        {CANDLE_INTERVALS.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={name === interval}
            onClick={() => choose(name)}
          >
            {name}
          </button>
        ))}
        <a className="soft attribution" href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          TradingView
        </a>
      </fieldset>
      <div className="chart-canvas" ref={within} />
      {said !== undefined && <p className="chart-said soft">{said}</p>}
    </section>
  );
});
