import { nanoid } from 'nanoid';
import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { deleteChallenges } from '../../db/factors.ts';
import {
  deleteIdentity,
  findIdentity,
  insertIdentity,
  listIdentities,
  lockIdentities,
  type NewIdentity,
  useIdentity,
} from '../../db/identities.ts';
import { countPasskeys } from '../../db/passkeys.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import { findUserByEmail, findUserById, insertUser } from '../../db/users.ts';
import { findWithdrawalObstacles, holdWithdrawals } from '../../db/withdrawal-holds.ts';
import type { AuditAction, AuditActor, AuditOutcome } from '../../domain/audit.ts';
import { beginSession, type SignedIn } from '../auth/begin-session.ts';
import { checkPassword, type PasswordFailure } from '../auth/check-password.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import type { PasswordHasher } from '../auth/passwords.ts';
import { email as emailAddress } from '../auth/schema.ts';
import type { Challenge, SecondFactor } from '../auth/second-factor.ts';
import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';
import type { MailQueue } from '../mail/queue.ts';
import type { OidcFailure } from './failures.ts';
import type { BegunFlow, OidcFlows } from './flows.ts';
import type { OidcProvider, Person } from './providers.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

/** What the page shows at the end: its handle, and the query that the provider has sent the person back with. */
export interface Callback {
  readonly handle: string;
  readonly callback: string;
}

/** An identity of a user, as he sees it. */
export interface OwnIdentity {
  readonly id: string;
  /** undefined: the provider is not configured any more. */
  readonly provider: OidcProvider | undefined;
  readonly issuer: string;
  readonly email: string | null;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}

export interface Identities {
  beginSignIn(provider: OidcProvider): Promise<BegunFlow | OidcFailure>;
  /** A challenge where the user has a second factor: a provider never stands in its place. */
  finishSignIn(shown: Callback, from: Caller): Promise<SignedIn | Challenge | OidcFailure>;
  beginLink(
    who: InSession,
    provider: OidcProvider,
    password: string | undefined,
    from: Caller,
  ): Promise<BegunFlow | OidcFailure | PasswordFailure | 'step_up_required'>;
  finishLink(who: InSession, shown: Callback, from: Caller): Promise<OwnIdentity | OidcFailure>;
  list(userId: number): Promise<readonly OwnIdentity[]>;
  /** Ends every other session: one of them may be of who came that way. */
  unlink(
    who: InSession,
    id: string,
    from: Caller,
  ): Promise<'done' | 'not_found' | 'last_sign_in_method' | 'step_up_required'>;
}

export interface IdentityOptions {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly secondFactor: Pick<SecondFactor, 'challenge'>;
  readonly providers: ReadonlyMap<string, OidcProvider>;
  readonly flows: OidcFlows;
  readonly mails: MailQueue;
  readonly withdrawalHoldMs: number;
}

const ID_LENGTH = 20;

/**
 * Who comes through an OpenID provider. A user is found by issuer and subject and by nothing else: an address may be given to another
 * person, and not every provider knows whose it is.
 */
export function createIdentities(options: IdentityOptions): Identities {
  const {
    pool,
    tokens,
    passwords,
    secondFactor,
    providers,
    flows,
    mails,
    withdrawalHoldMs: holdMs,
  } = options;

  const note = (
    db: CommonQueryMethods,
    action: AuditAction,
    outcome: AuditOutcome,
    actor: AuditActor,
    userId: number | null,
    detail: Readonly<Record<string, unknown>>,
  ) => appendAudit(db, { action, outcome, actor, userId, detail }, tokens.now());

  /** Writes down that nothing came of it, whose it would have been, and why. */
  async function refused(
    why: OidcFailure,
    actor: AuditActor,
    provider: OidcProvider | undefined,
    userId: number | null = null,
  ): Promise<OidcFailure> {
    await note(pool, 'identity.refused', 'refused', actor, userId, { provider: provider?.id ?? null, why });
    return why;
  }

  /** It is another way in: its owner is told, and has time to look. */
  async function changedBy(
    db: CommonQueryMethods,
    what: 'identity_linked' | 'identity_unlinked',
    userId: number,
    from: Caller,
  ): Promise<void> {
    await holdWithdrawals(db, userId, what, { nowMs: tokens.now(), holdMs });
    const user = await findUserById(db, userId);
    if (user !== undefined) await mails.notice(db, what, user, from);
  }

  function newIdentity(userId: number, { issuer, subject, email }: Person, isUsed: boolean): NewIdentity {
    const createdAtMs = tokens.now();
    const lastUsedAtMs = isUsed ? createdAtMs : null;
    const known = emailAddress.safeParse(email).data ?? null;
    return { id: nanoid(ID_LENGTH), userId, issuer, subject, email: known, createdAtMs, lastUsedAtMs };
  }

  /** undefined: nobody has this identity. */
  function signInWith(
    { issuer, subject }: Person,
    provider: OidcProvider,
    from: Caller,
  ): Promise<SignedIn | Challenge | undefined> {
    return pool.transaction(async (db) => {
      const identity = await findIdentity(db, issuer, subject);
      if (identity === undefined || !(await useIdentity(db, identity.id, tokens.now()))) return undefined;
      const user = await findUserById(db, identity.userId);
      if (user === undefined) throw new Error(`identity ${identity.id} belongs to no user`);
      const challenge = await secondFactor.challenge(user, provider.id, db);
      return challenge ?? beginSession(tokens, db, user, from, false, { provider: provider.id });
    });
  }

  /** A new customer without a password; undefined when the address or the identity is somebody's by now. */
  async function register(
    person: Person,
    email: string,
    provider: OidcProvider,
    from: Caller,
  ): Promise<SignedIn | undefined> {
    let signedIn: SignedIn | undefined;
    const user = {
      email,
      passwordHash: null,
      role: 'customer',
      createdAtMs: tokens.now(),
      isEmailConfirmed: true,
    } as const;
    const added = await insertUser(pool, user, async (db, { id: userId, role, ...rest }) => {
      const actor = anonymous(from);
      const identity = newIdentity(userId, person, true);
      await note(db, 'user.added', 'done', actor, userId, { role, provider: provider.id });
      // Of two at once the other has it now, with the same address: neither of the two users is wanted twice.
      if (!(await insertIdentity(db, identity))) throw new IdentityTaken();
      const detail = { identityId: identity.id, provider: provider.id };
      await note(db, 'identity.linked', 'done', actor, userId, detail);
      signedIn = await beginSession(tokens, db, { id: userId, role, ...rest }, from, false, {
        provider: provider.id,
      });
    }).catch((error: unknown) => {
      if (error instanceof IdentityTaken) return undefined;
      throw error;
    });
    return added === undefined ? undefined : signedIn;
  }

  const own = (identity: Omit<OwnIdentity, 'provider'>): OwnIdentity => ({
    ...identity,
    provider: [...providers.values()].find(({ issuer }) => issuer === identity.issuer),
  });

  return {
    beginSignIn: (provider) => flows.begin(provider, null),

    async finishSignIn({ handle, callback }, from) {
      const { provider, result: person } = await flows.end(handle, callback, null);
      const actor = anonymous(from);
      if (typeof person === 'string') return refused(person, actor, provider);
      const known = await signInWith(person, provider!, from);
      if (known !== undefined) return known;
      const email = emailAddress.safeParse(person.email);
      if (!email.success || !person.isEmailVerified)
        return refused('identity_email_unverified', actor, provider);
      const begun =
        (await register(person, email.data, provider!, from)) ?? (await signInWith(person, provider!, from));
      if (begun !== undefined) return begun;
      const owner = await findUserByEmail(pool, email.data);
      return refused('identity_not_linked', actor, provider, owner?.id);
    },

    async beginLink(who, provider, password, from) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (user === 'invalid_credentials') {
        const detail = { provider: provider.id, why: user };
        await note(pool, 'identity.refused', 'refused', inSession(from, who), userId, detail);
      }
      if (typeof user === 'string') return user;
      if (!(await isFactorFresh(pool, who, tokens.now()))) return 'step_up_required';
      return flows.begin(provider, { userId, sessionId: who.sessionId });
    },

    async finishLink(who, { handle, callback }, from) {
      const { userId, sessionId } = who;
      const actor = inSession(from, who);
      const { provider, result: person } = await flows.end(handle, callback, { userId, sessionId });
      if (typeof person === 'string') return refused(person, actor, provider, userId);
      const identity = newIdentity(userId, person, false);
      const linked = await pool.transaction(async (db) => {
        // Who froze the account may not be who asks.
        if ((await findWithdrawalObstacles(db, userId, tokens.now())).frozen) return 'account_frozen';
        if (!(await insertIdentity(db, identity))) return findIdentity(db, person.issuer, person.subject);
        const detail = { identityId: identity.id, provider: provider!.id };
        await note(db, 'identity.linked', 'done', actor, userId, detail);
        await changedBy(db, 'identity_linked', userId, from);
        return identity;
      });
      if (linked === 'account_frozen') return refused(linked, actor, provider, userId);
      if (linked?.userId !== userId) return refused('identity_taken', actor, provider, userId);
      return own(linked);
    },

    async list(userId) {
      return (await listIdentities(pool, userId)).map(own);
    },

    async unlink(who, id, from) {
      const { userId, sessionId } = who;
      if (!(await isFactorFresh(pool, who, tokens.now()))) return 'step_up_required';
      const result = await pool.transaction(async (db) => {
        const all = await lockIdentities(db, userId);
        const identity = all.find((one) => one.id === id);
        if (identity === undefined) return 'not_found';
        const user = await findUserById(db, userId);
        // One whose provider is not configured any more opens nothing.
        const others = all.filter((one) => one.id !== id && own(one).provider !== undefined);
        const otherWays = others.length + (await countPasskeys(db, userId));
        if (user?.passwordHash === null && otherWays === 0) return 'last_sign_in_method';
        await deleteIdentity(db, id);
        await deleteChallenges(db, userId);
        const which = { except: sessionId };
        const sessionIds = await endSessionsOf(db, userId, 'factor_changed', tokens.now(), which);
        const detail = { identityId: id, provider: own(identity).provider?.id ?? null, sessionIds };
        await note(db, 'identity.unlinked', 'done', inSession(from, who), userId, detail);
        await changedBy(db, 'identity_unlinked', userId, from);
        return sessionIds;
      });
      if (typeof result === 'string') return result;
      for (const ended of result) tokens.sessionEnded(ended);
      return 'done';
    },
  };
}

/** Rolls back what began with an identity that somebody has. */
class IdentityTaken extends Error {}
