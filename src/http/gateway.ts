import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import type { AttemptLimits } from './auth/attempts.ts';
import type { SecondFactor } from './auth/second-factor.ts';
import type { SignIn } from './auth/sign-in.ts';

/** What the routes work with. */
export interface Gateway {
  readonly exchange: Exchange;
  readonly pool: DatabasePool;
  readonly signIn: SignIn;
  readonly secondFactor: SecondFactor;
  // biome-ignore lint/suspicious/noExplicitAny: any lets the router take a route's state from its validating layer.
  readonly authenticate: Middleware<any>;
  readonly attemptLimits: AttemptLimits;
  /** Milliseconds since the Unix epoch. */
  readonly clock: { now(): number };
  /** False in production: nobody gets money for nothing. */
  readonly simulatedDeposits: boolean;
  readonly metrics: Registry;
  readonly log: Logger;
  /** Shown in the API documents. */
  readonly version: string;
}
