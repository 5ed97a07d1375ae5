import { useState } from 'react';
import { post } from '../../api/request.ts';
import { Field } from '../../design/field.tsx';
import { FactorForm } from '../../sign-in/factor-form.tsx';
import { NetworkChoice } from './network-choice.tsx';
import type { NetworkInfo } from './wallet-data.ts';

/** Lists an address; it takes the second factor. */
export function AddAddress({
  networks,
  onDone,
}: {
  readonly networks: readonly NetworkInfo[];
  readonly onDone: () => void;
}) {
  const [label, setLabel] = useState('');
  const [network, setNetwork] = useState(networks[0]?.network);
  const [address, setAddress] = useState('');
  return (
    <FactorForm
      button="Add it"
      act={(factor) =>
        post('/v1/withdrawal-addresses', { label, network, address: address.trim(), ...factor })
      }
      onDone={onDone}
    >
      <Field
        label="Name, for yourself"
        required
        maxLength={64}
        autoFocus
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <NetworkChoice ways={networks} selected={network} onSelect={setNetwork} />
      <Field
        label="Address"
        required
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
      />
    </FactorForm>
  );
}
