import { useCallback, useState } from 'react';
import { describeFailure } from '../../api/problem.ts';
import { useLoaded } from '../../design/hooks.ts';
import { useOperatorEvents } from '../operator-events.ts';
import { Sparkline } from './sparkline.tsx';

interface Sample {
  readonly at: string;
  readonly messagesPerSecond: number;
  readonly commitsPerSecond: number;
  readonly commitMsP50: number | null;
  readonly commitMsP99: number | null;
  readonly backlog: number;
  readonly lagMs: number;
  readonly sockets: number;
}

const KEPT = 450;
const FIGURES: readonly (readonly [key: keyof Omit<Sample, 'at'>, title: string, unit: string])[] = [
  ['messagesPerSecond', 'Committed messages', '/s'],
  ['commitsPerSecond', 'Commits', '/s'],
  ['commitMsP50', 'Commit, half of them below', ' ms'],
  ['commitMsP99', 'Commit, 99 % below', ' ms'],
  ['backlog', 'Waiting for a commit', ''],
  ['lagMs', 'Event loop late by', ' ms'],
  ['sockets', 'Open sockets', ''],
];

/** How the exchange does, live, for the last quarter of an hour. */
export function Health() {
  const { value, error, set } = useLoaded<{ readonly ready: boolean; readonly samples: readonly Sample[] }>(
    '/v1/admin/health',
  );
  const [, setTick] = useState(0);
  const onSample = useCallback(
    (sample: Sample | undefined) => {
      if (sample === undefined) return;
      set((known) => known && { ...known, samples: [...known.samples.slice(1 - KEPT), sample] });
      setTick((tick) => tick + 1);
    },
    [set],
  );
  useOperatorEvents('health', onSample);
  const samples = value?.samples ?? [];
  const last = samples.at(-1);
  return (
    <section className="stack">
      <h1>Health</h1>
      {error !== undefined && <p className="banner bad">{describeFailure(error)}</p>}
      {value !== undefined && (
        <p className={value.ready ? 'soft' : 'banner bad'}>
          {value.ready ? 'The exchange takes orders.' : 'The exchange does not take orders.'}
        </p>
      )}
      <div className="figures">
        {FIGURES.map(([key, title, unit]) => (
          <figure key={key} className="figure card pad" style={{ margin: 0 }}>
            <figcaption className="soft">{title}</figcaption>
            <div className="now">
              {last?.[key] ?? '–'}
              {last?.[key] === null || last === undefined ? '' : unit}
            </div>
            <Sparkline label={title} values={samples.map((sample) => sample[key] ?? 0)} />
          </figure>
        ))}
      </div>
    </section>
  );
}
