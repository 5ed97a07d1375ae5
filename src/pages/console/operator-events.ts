import { useEffect } from 'react';
import { live } from '../api/live.ts';

/** Listens to what happens, of one kind; also told when the connection is back, since nobody told what happened meanwhile. */
// biome-ignore lint/suspicious/noExplicitAny: events are described in the AsyncAPI document.
export function useOperatorEvents(kind: string, onEvent: (data: any) => void): void {
  useEffect(
    () =>
      live.subscribe(
        { channel: 'operator' },
        ({ type, data }) => {
          if (type === kind) onEvent(data);
        },
        () => onEvent(undefined),
      ),
    [kind, onEvent],
  );
}
