import { useState } from 'react';
import type { BalanceView } from '../../../domain/views.ts';
import { useLoaded } from '../../design/hooks.ts';
import { Tabs } from '../../design/tabs.tsx';
import { useAccount } from '../account-feed.ts';
import type { MarketInfo } from '../market/market-data.ts';
import { useTickers } from '../market/use-tickers.ts';
import '../roomy.css';
import { AddressBook } from './address-book.tsx';
import { Balances } from './balances.tsx';
import { DepositDialog } from './deposit-dialog.tsx';
import { DepositsList } from './deposits-list.tsx';
import { LiabilityProof } from './liability-proof.tsx';
import type { NetworkInfo, WithdrawalInfo } from './wallet-data.ts';
import { WithdrawDialog } from './withdraw-dialog.tsx';
import { WithdrawalsList } from './withdrawals-list.tsx';

type Part = 'withdrawals' | 'deposits' | 'addresses';
type Open =
  | { readonly what: 'deposit' | 'withdraw'; readonly asset: string }
  | { readonly what: 'confirm'; readonly asset: string; readonly waiting: WithdrawalInfo };

/** What one owns, and how it comes and goes. */
export function Wallet() {
  const { value: listed } = useLoaded<{ markets: readonly MarketInfo[] }>('/v1/markets');
  const tickers = useTickers(listed?.markets);
  const { value } = useLoaded<{ networks: readonly NetworkInfo[] }>('/v1/networks');
  const { balances } = useAccount();
  const [part, setPart] = useState<Part>('withdrawals');
  const [open, setOpen] = useState<Open>();
  const networks = value?.networks ?? [];
  const close = () => setOpen(undefined);
  const actions = ({ asset }: BalanceView) =>
    waysOf(asset, networks) && (
      <span className="row-actions">
        <button
          type="button"
          className="button small"
          aria-label={`Deposit ${asset}`}
          onClick={() => setOpen({ what: 'deposit', asset })}
        >
          Deposit
        </button>
        <button
          type="button"
          className="button small"
          aria-label={`Withdraw ${asset}`}
          onClick={() => setOpen({ what: 'withdraw', asset })}
        >
          Withdraw
        </button>
      </span>
    );
  return (
    <main className="roomy stack">
      <h1>Wallet</h1>
      <section className="card scroll" aria-label="Balances">
        <Balances markets={listed?.markets ?? []} tickers={tickers} actions={actions} />
      </section>
      <div className="card">
        <Tabs
          label="Deposits and withdrawals"
          tabs={[
            ['withdrawals', 'Withdrawals'],
            ['deposits', 'Deposits'],
            ['addresses', 'Address book'],
          ]}
          selected={part}
          onSelect={setPart}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard could not scroll it. */}
        <section className="scroll" aria-label="Deposits and withdrawals" tabIndex={0}>
          {part === 'withdrawals' && (
            <WithdrawalsList
              onConfirm={(waiting) => setOpen({ what: 'confirm', asset: waiting.asset, waiting })}
            />
          )}
          {part === 'deposits' && <DepositsList />}
          {part === 'addresses' && <AddressBook networks={networks} />}
        </section>
      </div>
      <LiabilityProof />
      {open?.what === 'deposit' && <DepositDialog asset={open.asset} networks={networks} onClose={close} />}
      {open !== undefined && open.what !== 'deposit' && (
        <WithdrawDialog
          asset={open.asset}
          available={balances?.find(({ asset }) => asset === open.asset)?.available ?? '0'}
          networks={networks}
          waiting={open.what === 'confirm' ? open.waiting : undefined}
          onClose={close}
        />
      )}
    </main>
  );
}

function waysOf(asset: string, networks: readonly NetworkInfo[]): boolean {
  return networks.some(({ assets }) => assets.some((way) => way.asset === asset));
}
