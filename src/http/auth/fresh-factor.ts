import type { CommonQueryMethods } from 'slonik';
import { hasFreshFactor } from '../../db/factors.ts';
import type { Claims } from './tokens.ts';

/** How long a second factor that was shown counts for what takes a fresh one. */
const FRESH_FACTOR_MS = 10 * 60 * 1000;

/** Whether he may do what takes a fresh second factor: he has none, or has shown it in this session a moment ago. */
export function isFactorFresh(
  db: CommonQueryMethods,
  who: Pick<Claims, 'userId' | 'sessionId'>,
  nowMs: number,
): Promise<boolean> {
  return hasFreshFactor(db, who, nowMs - FRESH_FACTOR_MS);
}
