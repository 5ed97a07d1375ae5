import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DatabasePool } from 'slonik';
import type { Exchange } from '../actors/ports.ts';
import type { Custody } from '../custody/ports.ts';
import type { Published } from '../liabilities/publish.ts';
import type { AddressBook } from './addresses/address-book.ts';
import type { Approvals } from './approvals/approvals.ts';
import type { ApproverKeys } from './approvals/approver-keys.ts';
import type { AttemptLimits } from './auth/attempts.ts';
import type { FactorCheck } from './auth/factor-check.ts';
import type { PasskeyCheck } from './auth/passkey-check.ts';
import type { PasswordReset } from './auth/password-reset.ts';
import type { Registration } from './auth/registration.ts';
import type { SecondFactor } from './auth/second-factor.ts';
import type { SignIn } from './auth/sign-in.ts';
import type { TokenVerifier } from './auth/tokens.ts';
import type { Totp } from './factors/totp.ts';
import type { Figures } from './figures/figures.ts';
import type { ApiKeys } from './keys/api-keys.ts';
import type { Counters } from './limits/counters.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import type { Authentication } from './middleware/authenticate.ts';
import type { Identities } from './oidc/identities.ts';
import type { OidcProvider } from './oidc/providers.ts';
import type { BuiltPages } from './pages/built-pages.ts';
import type { Passkeys } from './passkeys/passkeys.ts';
import type { PasswordPolicy } from './passwords/policy.ts';
import type { People } from './users/people.ts';
import type { WithdrawalRequests } from './withdrawals/requests.ts';

/** What the routes work with. */
export interface Gateway {
  readonly exchange: Exchange;
  readonly custody: Custody;
  readonly withdrawalRequests: WithdrawalRequests;
  readonly addressBook: AddressBook;
  readonly approverKeys: ApproverKeys;
  readonly approvals: Approvals;
  readonly pool: DatabasePool;
  readonly signIn: SignIn;
  readonly registration: Registration;
  readonly passwordReset: PasswordReset;
  readonly secondFactor: SecondFactor;
  readonly passwordPolicy: PasswordPolicy;
  readonly totp: Totp;
  readonly factorCheck: FactorCheck;
  readonly passkeys: Passkeys;
  readonly passkeyCheck: PasskeyCheck;
  readonly apiKeys: ApiKeys;
  readonly people: People;
  readonly identities: Identities;
  readonly oidcProviders: ReadonlyMap<string, OidcProvider>;
  readonly tokens: Pick<TokenVerifier, 'sign' | 'now'>;
  /** The origin at which people reach the exchange. */
  readonly publicUrl: string;
  readonly pages: BuiltPages;
  readonly authentication: Authentication;
  readonly attemptLimits: AttemptLimits;
  readonly requestLimits: RequestLimits;
  /** Where tries and requests are counted. */
  readonly counters: Counters;
  /** Milliseconds since the Unix epoch. */
  readonly clock: { now(): number };
  /** False in production: nobody gets money for nothing. */
  readonly simulatedDeposits: boolean;
  readonly metrics: Registry;
  readonly figures: Figures;
  /** Makes a tree of what customers own now. */
  publishLiabilities(): Promise<Published>;
  readonly log: Logger;
  /** Shown in the API documents. */
  readonly version: string;
}
