import type { Assertion } from '../../signatures/webauthn.ts';
import type { ShownFactor } from './factor-check.ts';

/** The schema has seen to it that there is one of the two. */
export function shownIn({
  code,
  passkey,
}: {
  code?: string | undefined;
  passkey?: Assertion | undefined;
}): ShownFactor {
  return passkey === undefined ? { code: code! } : { passkey };
}
