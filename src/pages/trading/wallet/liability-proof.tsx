import { useState } from 'react';
import { get } from '../../api/request.ts';
import { say, sayFailure } from '../../design/toasts.tsx';

/** Lets somebody take home the proof that his balances are in what the exchange says it owes. */
export function LiabilityProof() {
  const [isBusy, setBusy] = useState(false);
  async function download(): Promise<void> {
    setBusy(true);
    try {
      const proof = await get<object>('/v1/me/liability-proof');
      const url = URL.createObjectURL(
        new Blob([JSON.stringify(proof, null, 2)], { type: 'application/json' }),
      );
      const link = document.createElement('a');
      link.href = url;
      link.download = 'liability-proof.json';
      link.click();
      URL.revokeObjectURL(url);
      say('The proof is downloaded.');
    } catch (error) {
      sayFailure(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <section className="card pad row spread" aria-labelledby="proof-title">
      <div>
        <h2 id="proof-title">Proof of liabilities</h2>
        <p className="soft">
          That your balances are in what the exchange published that it owes. You check it yourself, offline.
        </p>
      </div>
      <button type="button" className="button small" disabled={isBusy} onClick={download}>
        Download my proof
      </button>
    </section>
  );
}
