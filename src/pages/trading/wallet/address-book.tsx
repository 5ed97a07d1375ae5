import { useState } from 'react';
import { call } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { useLoaded, useNow } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import { say, sayFailure } from '../../design/toasts.tsx';
import { FactorForm } from '../../sign-in/factor-form.tsx';
import { AddAddress } from './add-address.tsx';
import type { AddressBookInfo, NetworkInfo } from './wallet-data.ts';

/** Addresses to withdraw to, and whether withdrawals may go to no others. */
export function AddressBook({ networks }: { readonly networks: readonly NetworkInfo[] }) {
  const { value: book, reload } = useLoaded<AddressBookInfo>('/v1/withdrawal-addresses');
  const nowMs = useNow();
  const [open, setOpen] = useState<'add' | 'allow-list'>();
  const close = () => setOpen(undefined);
  async function remove(id: string): Promise<void> {
    try {
      await call('DELETE', `/v1/withdrawal-addresses/${id}`);
      say('The address is removed.');
      await reload();
    } catch (error) {
      sayFailure(error);
    }
  }
  if (book === undefined) return <p className="pad soft">Loading…</p>;
  const { allowListOnly, addresses } = book;
  return (
    <div className="pad stack">
      <div className="row spread">
        <span>
          {allowListOnly ? 'Withdrawals go to these addresses only.' : 'Withdrawals may go to any address.'}
        </span>
        <span className="row">
          <button type="button" className="button small" onClick={() => setOpen('allow-list')}>
            {allowListOnly ? 'Allow any address' : 'Allow these only'}
          </button>
          <button type="button" className="button small" onClick={() => setOpen('add')}>
            Add address
          </button>
        </span>
      </div>
      {addresses.length === 0 && <p className="soft">No address is listed.</p>}
      <ul className="lines">
        {addresses.map(({ id, label, network, address, asset, usableFrom }) => (
          <li key={id} className="row spread">
            <div>
              <strong>{label}</strong> <span className="tag">{network}</span>{' '}
              {asset !== null && <span className="tag">{asset}</span>}{' '}
              {allowListOnly && Date.parse(usableFrom) > nowMs && (
                <span className="tag warn">from {showDate(usableFrom)}</span>
              )}
              <div className="mono">{address}</div>
            </div>
            <button
              type="button"
              className="button small danger"
              aria-label={`Remove ${label}`}
              onClick={() => remove(id)}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      {open === 'add' && (
        <Dialog title="Add an address" onClose={close}>
          <AddAddress
            networks={networks}
            onDone={() => {
              say('The address is listed.');
              close();
              void reload();
            }}
          />
        </Dialog>
      )}
      {open === 'allow-list' && (
        <Dialog title={allowListOnly ? 'Allow any address' : 'Allow listed addresses only'} onClose={close}>
          <p>
            {allowListOnly
              ? 'Withdrawals may then go anywhere; they are held for a while first.'
              : 'Whoever gets into your account can then withdraw to your own addresses only.'}
          </p>
          <FactorForm
            button={allowListOnly ? 'Allow any address' : 'Allow these only'}
            act={(factor) => call('PUT', '/v1/me/allow-list', { only: !allowListOnly, ...factor })}
            onDone={() => {
              close();
              void reload();
            }}
          />
        </Dialog>
      )}
    </div>
  );
}
