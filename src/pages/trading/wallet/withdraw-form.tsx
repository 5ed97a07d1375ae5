import { type FormEvent, useMemo, useState } from 'react';
import { add, compareDecimals, fromUnits, isDecimal, show, units } from '../../api/decimals.ts';
import { describeFailure, Problem } from '../../api/problem.ts';
import { post } from '../../api/request.ts';
import { Field } from '../../design/field.tsx';
import { useLoaded } from '../../design/hooks.ts';
import { NetworkChoice } from './network-choice.tsx';
import type { AddressBookInfo, NetworkInfo, WithdrawalInfo, WithdrawalLimits } from './wallet-data.ts';

const TYPED = '';

/** Where which refusal belongs. */
const FIELD_OF: Readonly<Record<string, 'address' | 'amount'>> = {
  invalid_address: 'address',
  address_not_listed: 'address',
  insufficient_funds: 'amount',
  invalid_amount: 'amount',
  too_many_decimals: 'amount',
  withdrawal_limit: 'amount',
  withdrawal_too_small: 'amount',
};

/** Asset, network, address and amount of a withdrawal. The fee comes on top of what arrives. */
export function WithdrawForm({
  asset,
  available,
  networks,
  limits,
  onAsked,
}: {
  readonly asset: string;
  readonly available: string;
  readonly networks: readonly NetworkInfo[];
  readonly limits: WithdrawalLimits | undefined;
  readonly onAsked: (withdrawal: WithdrawalInfo) => void;
}) {
  const ways = networks.filter(({ assets }) => assets.some((way) => way.asset === asset && way.withdrawals));
  const { value: book } = useLoaded<AddressBookInfo>('/v1/withdrawal-addresses');
  const [network, setNetwork] = useState(ways[0]?.network);
  const [addressId, setAddressId] = useState(TYPED);
  const [address, setAddress] = useState('');
  const [amount, setAmount] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  // The same request sent again, after no answer came, is the same withdrawal.
  const clientWithdrawalId = useMemo(() => crypto.randomUUID(), [network, addressId, address, amount]);
  const way = ways.find((one) => one.network === network)?.assets.find((one) => one.asset === asset);
  if (way === undefined) return <p>Withdrawals of {asset} are closed at the moment.</p>;

  const listed = book?.addresses.filter(
    (one) => one.network === network && (one.asset === null || one.asset === asset),
  );
  const mostUnits = units(available) - units(way.withdrawalFee);
  const most = mostUnits > 0n ? fromUnits(mostUnits) : '0';
  const total = isDecimal(amount) ? add(amount, way.withdrawalFee) : way.withdrawalFee;
  const limit = limits?.assets.find((one) => one.asset === asset);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const to = addressId === TYPED ? { address: address.trim() } : { addressId };
      const body = { asset, network, amount: amount.trim(), clientWithdrawalId, ...to };
      const { withdrawal } = await post<{ withdrawal: WithdrawalInfo }>('/v1/withdrawals', body);
      onAsked(withdrawal);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  const wrong = whatIsWrong(problem);
  return (
    <form className="stack" onSubmit={submit}>
      <NetworkChoice ways={ways} selected={network} onSelect={setNetwork} />
      {listed !== undefined && listed.length > 0 && (
        <label className="field">
          <span className="label">To</span>
          <select className="input" value={addressId} onChange={(event) => setAddressId(event.target.value)}>
            <option value={TYPED}>An address that I type</option>
            {listed.map(({ id, label, address: text }) => (
              <option key={id} value={id}>
                {label}: {text.slice(0, 10)}…{text.slice(-6)}
              </option>
            ))}
          </select>
        </label>
      )}
      {addressId === TYPED && (
        <Field
          label="Address"
          required
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          value={address}
          wrong={wrong.address}
          hint={book?.allowListOnly === true ? 'You withdraw to listed addresses only.' : undefined}
          onChange={(event) => {
            setAddress(event.target.value);
            setProblem(undefined);
          }}
        />
      )}
      <Field
        label={`Amount that arrives, in ${asset}`}
        required
        inputMode="decimal"
        autoComplete="off"
        value={amount}
        wrong={wrong.amount ?? wrongAmount(amount, most, way.minWithdrawal)}
        hint={`At least ${show(way.minWithdrawal)}`}
        onChange={(event) => {
          setAmount(event.target.value);
          setProblem(undefined);
        }}
      />
      <div className="row spread soft">
        <span>Available {show(available)}</span>
        <button type="button" className="link" onClick={() => setAmount(most)}>
          As much as I have
        </button>
      </div>
      <dl className="sums">
        <dt>Fee</dt>
        <dd>
          {show(way.withdrawalFee)} {asset}
        </dd>
        <dt>Leaves your account</dt>
        <dd>
          <strong>
            {show(total)} {asset}
          </strong>
        </dd>
        {limits !== undefined && limits.day.remaining !== null && (
          <>
            <dt>Left of today’s limit</dt>
            <dd>
              {show(limits.day.remaining)} {limits.valuationAsset}
            </dd>
          </>
        )}
        {limit !== undefined && limit.remaining !== null && (
          <>
            <dt>Left of the limit for {asset}</dt>
            <dd>
              {show(limit.remaining)} {asset}
            </dd>
          </>
        )}
      </dl>
      {wrong.other !== undefined && (
        <p className="banner bad" role="alert">
          {wrong.other}
        </p>
      )}
      <button type="submit" className="button primary" disabled={isBusy}>
        {isBusy ? 'Asking…' : 'Go on'}
      </button>
    </form>
  );
}

function wrongAmount(amount: string, most: string, least: string): string | undefined {
  if (amount === '') return undefined;
  if (!isDecimal(amount)) return 'Write a number such as 0.5';
  if (compareDecimals(amount, least) < 0) return `At least ${show(least)}`;
  return compareDecimals(amount, most) > 0 ? `At most ${show(most)}, with the fee on top` : undefined;
}

function whatIsWrong(problem: unknown): { address?: string; amount?: string; other?: string } {
  if (problem === undefined) return {};
  const said = describeFailure(problem);
  if (!(problem instanceof Problem)) return { other: said };
  const field = FIELD_OF[problem.code];
  if (field !== undefined) return { [field]: said };
  const { address, amount } = problem.fields;
  if (address !== undefined) return { address };
  return amount !== undefined ? { amount } : { other: said };
}
