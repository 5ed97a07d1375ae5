import { useId } from 'react';
import type { MarketInfo } from '../market/market-data.ts';
import type { AmountField, Kind } from './order-draft.ts';

/** An amount with its unit; a comma is taken for a point, and white space for nothing. */
export function AmountInput({
  field,
  market,
  kind,
  value,
  wrong,
  onChange,
}: {
  readonly field: AmountField;
  readonly market: MarketInfo;
  readonly kind: Kind;
  readonly value: string;
  readonly wrong: string | undefined;
  readonly onChange: (text: string) => void;
}) {
  const id = useId();
  const [label, unit] = namesOf(field, market, kind);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="with-unit">
        <input
          id={id}
          className="input num"
          inputMode="decimal"
          autoComplete="off"
          placeholder="0"
          value={value}
          aria-invalid={wrong !== undefined}
          aria-describedby={wrong === undefined ? `${id}-unit` : `${id}-wrong`}
          onChange={(event) => onChange(event.target.value.replace(/\s/g, '').replace(',', '.'))}
        />
        <span id={`${id}-unit`} className="unit soft">
          {unit}
        </span>
      </div>
      {wrong !== undefined && (
        <span id={`${id}-wrong`} className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

function namesOf(field: AmountField, { base, quote }: MarketInfo, kind: Kind): readonly [string, string] {
  switch (field) {
    case 'price':
      return [kind === 'oco' ? 'Limit price' : 'Price', quote];
    case 'stopPrice':
      return ['Stop price', quote];
    case 'quantity':
      return ['Quantity', base];
    case 'quoteAmount':
      return ['Spend', quote];
    case 'trailingPercent':
      return ['Distance', '%'];
    case 'displayQuantity':
      return ['Show only', base];
  }
}
