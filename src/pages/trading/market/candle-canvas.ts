import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { CandleView } from '../../../domain/views.ts';
import { approximately } from '../../api/decimals.ts';
import { coloursNow, onSchemeChange } from '../../design/colours.ts';

const MOST_SHOWN = 90;
const FEWEST_SHOWN = 30;

/** The chart itself, outside of React: candles over volumes. */
export class CandleCanvas {
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #within: HTMLElement;
  readonly #stop: () => void;

  constructor(within: HTMLElement, priceDecimals: number) {
    this.#within = within;
    this.#chart = createChart(within, {
      autoSize: true,
      // Its link comes with an inline style; the page names it itself.
      layout: { attributionLogo: false, fontFamily: 'system-ui, sans-serif' },
      timeScale: { timeVisible: true, secondsVisible: false },
      localization: { locale: navigator.language },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, {
      borderVisible: false,
      priceFormat: { type: 'price', precision: priceDecimals, minMove: 10 ** -priceDecimals },
    });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.24 } });
    this.#paint();
    this.#stop = onSchemeChange(() => this.#paint());
  }

  /** @param candles oldest first */
  show(candles: readonly CandleView[]): void {
    this.#candles.setData(candles.map(barOf));
    this.#volumes.setData(candles.map(volumeOf));
    const shown = Math.min(MOST_SHOWN, Math.max(FEWEST_SHOWN, candles.length));
    this.#chart.timeScale().setVisibleLogicalRange({ from: candles.length - shown, to: candles.length + 3 });
  }

  /** The newest candle, new or changed. */
  update(candle: CandleView): void {
    this.#candles.update(barOf(candle));
    this.#volumes.update(volumeOf(candle));
  }

  close(): void {
    this.#stop();
    this.#chart.remove();
  }

  #paint(): void {
    const { ink, soft, line, card, buy, sell } = coloursNow(this.#within);
    this.#chart.applyOptions({
      layout: { background: { color: card }, textColor: ink },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    });
    this.#candles.applyOptions({ upColor: buy, downColor: sell, wickUpColor: buy, wickDownColor: sell });
    this.#volumes.applyOptions({ color: soft.replace('rgb(', 'rgba(').replace(')', ', 0.35)') });
  }
}

/** The chart knows no time zones: it is given the reader's own time as if it were UTC. */
function timeOf({ openedAt }: CandleView): UTCTimestamp {
  const at = new Date(openedAt);
  return (at.getTime() / 1000 - at.getTimezoneOffset() * 60) as UTCTimestamp;
}

function barOf(candle: CandleView) {
  return {
    time: timeOf(candle),
    open: approximately(candle.open),
    high: approximately(candle.high),
    low: approximately(candle.low),
    close: approximately(candle.close),
  };
}

function volumeOf(candle: CandleView) {
  return { time: timeOf(candle), value: approximately(candle.volume) };
}
