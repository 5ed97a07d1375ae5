import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type LiveState, live } from '../api/live.ts';
import { get } from '../api/request.ts';
import { session } from '../api/session.ts';

export function useSignedIn(): boolean {
  return useSyncExternalStore(
    (listener) => session.onChange(listener),
    () => session.isSignedIn,
  );
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => live.onChange(listener),
    () => live.state,
  );
}

/** The time, once a second. */
export function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  /** Reads it again; what there is stays shown meanwhile. */
  readonly reload: () => Promise<void>;
  readonly set: (change: (value: Value | undefined) => Value | undefined) => void;
}

/** What a GET answers, as whoever is signed in. @param path null: nothing is read */
export function useLoaded<Value>(path: string | null): Loaded<Value> {
  const [value, set] = useState<Value>();
  const [error, setError] = useState<unknown>();
  const wanted = useRef(path);
  wanted.current = path;
  const reload = useCallback(async () => {
    if (path === null) return;
    try {
      const read = await get<Value>(path);
      // Another was asked for meanwhile.
      if (wanted.current !== path) return;
      set(read);
      setError(undefined);
    } catch (failure) {
      if (wanted.current === path) setError(failure);
    }
  }, [path]);
  useEffect(() => {
    set(undefined);
    void reload();
  }, [reload]);
  return { value, error, reload, set };
}
