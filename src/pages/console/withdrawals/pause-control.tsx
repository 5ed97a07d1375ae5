import { type FormEvent, useState } from 'react';
import { post } from '../../api/request.ts';
import { Dialog } from '../../design/dialog.tsx';
import { Field } from '../../design/field.tsx';
import { showDate } from '../../design/time.ts';
import { say, sayFailure } from '../../design/toasts.tsx';
import { useMay } from '../me.ts';

/** Stops all withdrawals, and lets them go on. */
export function PauseControl({
  paused,
  onChanged,
}: {
  readonly paused: { readonly reason: string; readonly at: string } | null;
  readonly onChanged: () => void;
}) {
  const mayPause = useMay('withdrawals.pause');
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');

  async function act(path: string, body: object, said: string): Promise<void> {
    try {
      await post(path, body);
      say(said);
      setAsking(false);
      onChanged();
    } catch (error) {
      sayFailure(error);
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act('/v1/admin/withdrawals/pause', { reason }, 'Withdrawals are paused.');
  };
  const word = paused === null ? 'Pause all' : 'Let them go on';
  return (
    <div className="row">
      {paused !== null && (
        <span className="banner" role="status">
          Paused since {showDate(paused.at)}:{' '}
          {paused.reason === 'velocity' ? 'too much within too short a time' : paused.reason}
        </span>
      )}
      {mayPause && (
        <button
          type="button"
          className={paused === null ? 'button small danger' : 'button small primary'}
          onClick={() =>
            paused === null ? setAsking(true) : act('/v1/admin/withdrawals/resume', {}, 'Withdrawals go on.')
          }
        >
          {word}
        </button>
      )}
      {isAsking && (
        <Dialog title="Pause all withdrawals" onClose={() => setAsking(false)}>
          <form className="stack" onSubmit={submit}>
            <p>
              None is asked for, released or signed until somebody lets them go on. What is signed already
              goes on.
            </p>
            <Field
              label="Why"
              required
              minLength={3}
              autoFocus
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <button type="submit" className="button danger">
              Pause all
            </button>
          </form>
        </Dialog>
      )}
    </div>
  );
}
