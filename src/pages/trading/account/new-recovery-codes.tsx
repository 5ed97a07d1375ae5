import { useState } from 'react';
import { post } from '../../api/request.ts';
import { FactorForm } from '../../sign-in/factor-form.tsx';

/** Replaces the recovery codes; those before are good no more. */
export function NewRecoveryCodes({ onDone }: { readonly onDone: () => void }) {
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes !== undefined)
    return (
      <div className="stack">
        <p>Keep these. Those that you had are good no more.</p>
        <pre className="mono">{codes.join('\n')}</pre>
        <button type="button" className="button primary" onClick={onDone}>
          I have kept them
        </button>
      </div>
    );
  return (
    <FactorForm
      button="Make new ones"
      act={async (factor) => setCodes((await post('/v1/me/recovery-codes', factor)).recoveryCodes)}
      onDone={() => {}}
    />
  );
}
