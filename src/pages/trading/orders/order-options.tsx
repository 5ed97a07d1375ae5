import { useId } from 'react';
import type { Draft } from './order-draft.ts';

/** How long, how visible, and whether it may take. */
export function OrderOptions({
  draft,
  wrong,
  onChange,
}: {
  readonly draft: Draft;
  /** What is wrong with how much is shown. */
  readonly wrong: string | undefined;
  readonly onChange: (changes: Partial<Draft>) => void;
}) {
  const id = useId();
  const { kind, timeInForce, postOnly, displayQuantity } = draft;
  if (kind !== 'limit' && kind !== 'stop_limit') return null;
  return (
    <div className="options">
      <select
        className="input compact"
        aria-label="Time in force"
        value={timeInForce}
        onChange={(event) => {
          const chosen = event.target.value as Draft['timeInForce'];
          // What trades at once neither rests nor hides.
          onChange(
            chosen === 'gtc'
              ? { timeInForce: chosen }
              : { timeInForce: chosen, postOnly: false, displayQuantity: '' },
          );
        }}
      >
        <option value="gtc">Good till canceled</option>
        <option value="ioc">Immediate or cancel</option>
        <option value="fok">Fill or kill</option>
      </select>
      {kind === 'limit' && timeInForce === 'gtc' && (
        <>
          <label className="checkbox">
            <input
              type="checkbox"
              checked={postOnly}
              onChange={(event) => onChange({ postOnly: event.target.checked })}
            />
            Post only
          </label>
          <label className="checkbox" htmlFor={id}>
            Iceberg, show
            <input
              id={id}
              className="input compact num"
              inputMode="decimal"
              autoComplete="off"
              placeholder="all"
              aria-invalid={wrong !== undefined}
              value={displayQuantity}
              onChange={(event) => onChange({ displayQuantity: event.target.value.trim().replace(',', '.') })}
            />
          </label>
          {wrong !== undefined && (
            <span className="sell" role="alert">
              {wrong}
            </span>
          )}
        </>
      )}
    </div>
  );
}
