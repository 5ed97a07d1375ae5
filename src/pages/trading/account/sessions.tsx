import { call } from '../../api/request.ts';
import { useLoaded, useNow } from '../../design/hooks.ts';
import { showAge, showDate } from '../../design/time.ts';
import { say, sayFailure } from '../../design/toasts.tsx';
import { type Items, nameOfClient, type SessionInfo } from './account-data.ts';
import { useAfterSessionChange } from './use-after-session-change.ts';

/** Where somebody is signed in, and how to end it. */
export function Sessions() {
  const { value, reload } = useLoaded<Items<SessionInfo>>('/v1/sessions');
  useAfterSessionChange(reload);
  const nowMs = useNow();
  async function end(path: string, said: string): Promise<void> {
    try {
      await call('DELETE', path);
      say(said);
      await reload();
    } catch (error) {
      sayFailure(error);
    }
  }
  const others = value?.items.filter(({ isCurrent }) => !isCurrent).length ?? 0;
  return (
    <section className="card pad stack" aria-labelledby="sessions-title">
      <div className="row spread">
        <h2 id="sessions-title">Sessions</h2>
        {others > 0 && (
          <button
            type="button"
            className="button small danger"
            onClick={() => end('/v1/sessions', 'All other sessions are over.')}
          >
            End all others
          </button>
        )}
      </div>
      <ul className="lines">
        {value?.items.map(({ id, ip, userAgent, createdAt, refreshedAt, isCurrent }) => (
          <li key={id} className="row spread">
            <div>
              <strong>{nameOfClient(userAgent)}</strong>{' '}
              {isCurrent && <span className="tag good">this one</span>}
              <div className="soft">
                {ip ?? 'unknown address'}, since {showDate(createdAt)}, seen {showAge(refreshedAt, nowMs)} ago
              </div>
            </div>
            {!isCurrent && (
              <button
                type="button"
                className="button small"
                onClick={() => end(`/v1/sessions/${id}`, 'That session is over.')}
              >
                End
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
