import { type FormEvent, useState } from 'react';
import type { OrderView } from '../../../domain/views.ts';
import { describeFailure, Problem } from '../../api/problem.ts';
import { call } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { say } from '../../design/toasts.tsx';
import { showOrders } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import { type Said, sayProblem } from './order-problem.ts';

type Changeable = 'price' | 'stopPrice' | 'quantity';
const LABELS: Readonly<Record<Changeable, string>> = {
  price: 'Price',
  stopPrice: 'Stop price',
  quantity: 'Quantity, with what is filled',
};

/** New prices or a new quantity for an order that is open. */
export function AmendDialog({
  order,
  market,
  onClose,
}: {
  readonly order: OrderView;
  readonly market: MarketInfo | undefined;
  readonly onClose: () => void;
}) {
  const now = { price: order.price, stopPrice: order.stopPrice ?? null, quantity: order.quantity };
  const fields = (Object.keys(LABELS) as Changeable[]).filter((field) => now[field] !== null);
  const [typed, setTyped] = useState<Partial<Record<Changeable, string>>>({});
  const [said, setSaid] = useState<Said>();
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const changes = Object.fromEntries(
      Object.entries(typed).filter(([field, text]) => text !== now[field as Changeable]),
    );
    if (Object.keys(changes).length === 0) return onClose();
    setBusy(true);
    try {
      const { order: changed } = await call('PATCH', `/v1/orders/${order.id}`, changes);
      showOrders([changed]);
      say('The order is changed.');
      onClose();
    } catch (error) {
      setSaid(
        error instanceof Problem
          ? sayProblem(
              error,
              Object.fromEntries(fields.map((field) => [field, typed[field] ?? now[field] ?? ''])),
              market,
            )
          : { text: describeFailure(error), field: undefined },
      );
      setBusy(false);
    }
  }

  return (
    <Dialog title={`Change order ${order.id}`} onClose={onClose}>
      <form className="stack" noValidate onSubmit={submit}>
        {fields.map((field) => (
          <Field
            key={field}
            label={LABELS[field]}
            inputMode="decimal"
            autoComplete="off"
            value={typed[field] ?? now[field] ?? ''}
            wrong={said?.field === field ? said.text : undefined}
            onChange={(event) => setTyped({ ...typed, [field]: event.target.value.trim().replace(',', '.') })}
          />
        ))}
        <p className="soft">
          Less quantity at the same price keeps the order’s place in the queue; anything else loses it.
        </p>
        {said !== undefined && said.field === undefined && (
          <p className="banner bad" role="alert">
            {said.text}
          </p>
        )}
        <button type="submit" className="button primary" disabled={isBusy}>
          Change
        </button>
      </form>
    </Dialog>
  );
}
