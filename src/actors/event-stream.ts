import type { EventStream } from './ports.ts';

/** An event stream together with the way to put something in. */
export interface EventSource<Event> extends EventStream<Event> {
  publish(event: Event): void;
  readonly hasListeners: boolean;
}

/**
 * @param onError told what a listener throws. The others still get the event: who publishes has committed it, and must
 * not fail for the sake of who listens.
 */
export function createEventSource<Event>(onError: (error: unknown) => void): EventSource<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
    get hasListeners() {
      return listeners.size > 0;
    },
  };
}
