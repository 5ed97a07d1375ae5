import { useEffect } from 'react';
import { session } from '../../api/session.ts';

/** Reads again when another session has begun: what changed the sign-in has changed what is shown of it. */
export function useAfterSessionChange(reload: () => Promise<void>): void {
  useEffect(
    () =>
      session.onChange(() => {
        if (session.isSignedIn) void reload();
      }),
    [reload],
  );
}
