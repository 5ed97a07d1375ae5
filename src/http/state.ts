import type { Permission } from '../domain/roles.ts';
import type { Claims } from './auth/tokens.ts';
import type { Standing, Weight } from './limits/request-limits.ts';
import type { ProblemCode } from './problem.ts';

/** What the middleware leaves for a route in `ctx.state`. */
export interface RequestState {
  /** Names the request in replies and logs. */
  requestId: string;
  /** What the request weighs. */
  weight: Weight;
  /** How it stands with the limits that were looked at. */
  standings?: readonly Standing[];
  /** Who asks: set by `authenticate`, so only routes behind it may read it. */
  claims: Claims;
  /** An operator's session that the command line began; set on operators' routes only. */
  byCommandLine?: boolean;
  /** What the operator who asks was let in with; set on operators' routes only. */
  permission?: Permission;
  /** The body, where it was signed. */
  rawBody?: Buffer;
  /** The code that the request was refused with; undefined when it was not. */
  problem?: ProblemCode;
}
