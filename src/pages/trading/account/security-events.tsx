import { useLoaded } from '../../design/hooks.ts';
import { showDate } from '../../design/time.ts';
import type { Items } from './account-data.ts';
import { useAfterSessionChange } from './use-after-session-change.ts';

interface SecurityEvent {
  readonly entryNo: string;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly type: string; readonly ip?: string };
}

/** What the audit log keeps of somebody, for himself. */
export function SecurityEvents() {
  const { value, reload } = useLoaded<Items<SecurityEvent>>('/v1/me/security-events?limit=20');
  useAfterSessionChange(reload);
  return (
    <section className="card pad stack" aria-labelledby="events-title">
      <h2 id="events-title">What happened lately</h2>
      <ul className="lines">
        {value?.items.map(({ entryNo, at, action, outcome, actor }) => (
          <li key={entryNo} className="row spread">
            <span>
              {wordOf(action)} {outcome !== 'done' && <span className="tag bad">{wordOf(outcome)}</span>}
            </span>
            <span className="soft">
              {actor.type === 'operator' ? 'by an operator, ' : actor.ip === undefined ? '' : `${actor.ip}, `}
              {showDate(at)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** `session.begun` as people read it. */
function wordOf(code: string): string {
  const words = code.replaceAll(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
