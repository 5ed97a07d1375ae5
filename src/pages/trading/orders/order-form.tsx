import { type FormEvent, useEffect, useState } from 'react';
import { decimalsOf, show } from '../../api/decimals.ts';
import type { Depth } from '../../api/order-book.ts';
import { describeFailure, Problem } from '../../api/problem.ts';
import { Store, useStore } from '../../api/store.ts';
import { useLoaded, useSignedIn } from '../../design/hooks.ts';
import { say } from '../../design/toasts.tsx';
import { showOrders, useAccount } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import { hrefOf } from '../route.ts';
import { AmountInput } from './amount-input.tsx';
import {
  type Draft,
  EMPTY,
  estimate,
  type Fees,
  fieldsOf,
  KINDS,
  type Kind,
  requestOf,
  typedIn,
  withShare,
} from './order-draft.ts';
import { OrderOptions } from './order-options.tsx';
import { type Said, sayProblem } from './order-problem.ts';
import { describePlaced } from './order-words.ts';
import { newClientOrderId, place } from './place-order.ts';

const SHARES = [25, 50, 75, 100];

/** A price that somebody picked in the book. */
export const pickedPrice = new Store<{ readonly market: string; readonly price: string } | undefined>(
  undefined,
);

export function OrderForm({
  market,
  depth,
}: {
  readonly market: MarketInfo;
  readonly depth: Depth | undefined;
}) {
  const isSignedIn = useSignedIn();
  const { balances } = useAccount();
  const { value: fees } = useLoaded<{ fees: readonly (Fees & { market: string })[] }>(
    isSignedIn ? '/v1/fees' : null,
  );
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [said, setSaid] = useState<Said>();
  const [isBusy, setBusy] = useState(false);
  const picked = useStore(pickedPrice);
  useEffect(() => {
    if (picked?.market === market.symbol) setDraft((now) => ({ ...now, price: picked.price }));
  }, [picked, market.symbol]);

  const { side, kind } = draft;
  const fields = fieldsOf(draft);
  const paidWith = side === 'buy' ? market.quote : market.base;
  const available = balances?.find(({ asset }) => asset === paidWith)?.available;
  const fee = fees?.fees.find(({ market: symbol }) => symbol === market.symbol);
  const expected = estimate(draft, market, depth, fee);
  const change = (changes: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...changes }));
    setSaid(undefined);
  };

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const missing = fields.find((field) => draft[field] === '');
    if (missing !== undefined) return setSaid({ text: 'Fill this in.', field: missing });
    setBusy(true);
    setSaid(undefined);
    try {
      const { path, body } = requestOf(draft, market, newClientOrderId());
      const { order, orders = [order] } = await place(path, body);
      showOrders(orders);
      say(describePlaced(orders[0], market));
      setDraft((now) => ({ ...now, quantity: '', quoteAmount: '' }));
    } catch (error) {
      if (error instanceof Problem) setSaid(sayProblem(error, typedIn(draft), market));
      else setSaid({ text: describeFailure(error), field: undefined });
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="card order-form" aria-label="New order" noValidate onSubmit={submit}>
      <fieldset className="plain side-switch" aria-label="Side">
        {(['buy', 'sell'] as const).map((name) => (
          <button
            key={name}
            type="button"
            className={`side-${name}`}
            aria-pressed={name === side}
            onClick={() => change({ side: name })}
          >
            {name === 'buy' ? 'Buy' : 'Sell'}
          </button>
        ))}
      </fieldset>
      <label className="field">
        <span className="label">Type</span>
        <select
          className="input"
          value={kind}
          onChange={(event) => change({ kind: event.target.value as Kind })}
        >
          {KINDS.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {fields.map((field) => (
        <AmountInput
          key={field}
          field={field}
          market={market}
          kind={kind}
          value={draft[field]}
          wrong={said?.field === field ? said.text : undefined}
          onChange={(text) => change({ [field]: text })}
        />
      ))}
      <fieldset
        className="plain shares"
        aria-label="Share of what is available"
        disabled={available === undefined}
      >
        {SHARES.map((percent) => (
          <button
            key={percent}
            type="button"
            className="chip"
            onClick={() => change(withShare(draft, market, available ?? '0', percent, depth))}
          >
            {percent} %
          </button>
        ))}
      </fieldset>
      <OrderOptions
        draft={draft}
        wrong={said?.field === 'displayQuantity' ? said.text : undefined}
        onChange={change}
      />
      <dl className="facts-list">
        <div>
          <dt>Available</dt>
          <dd data-testid="available">
            {show(available)} {paidWith}
          </dd>
        </div>
        <div>
          <dt>{side === 'buy' ? 'Costs about' : 'Brings about'}</dt>
          <dd>
            {expected === undefined
              ? '–'
              : `${show(expected.value, Math.max(2, decimalsOf(market.tickSize)))} ${market.quote}`}
          </dd>
        </div>
        <div>
          <dt>Fee at most</dt>
          <dd>
            {fee === undefined || expected === undefined ? '–' : `${show(expected.fee)} ${expected.feeAsset}`}
          </dd>
        </div>
      </dl>
      {expected?.isShort === true && <p className="soft">The book has less than that at the moment.</p>}
      {said !== undefined && said.field === undefined && (
        <p className="banner bad" role="alert">
          {said.text}
        </p>
      )}
      {isSignedIn ? (
        <button type="submit" className={`button wide submit-${side}`} disabled={isBusy}>
          {isBusy ? 'Sending…' : `${side === 'buy' ? 'Buy' : 'Sell'} ${market.base}`}
        </button>
      ) : (
        <a className="button primary wide as-button" href={hrefOf('sign-in')}>
          Sign in to trade
        </a>
      )}
    </form>
  );
}
