import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { nanoid } from 'nanoid';
import type { CommonQueryMethods, DatabasePool } from 'slonik';
import { appendAudit } from '../../db/audit.ts';
import { lockFactors } from '../../db/factors.ts';
import { usePasskeyChallenge } from '../../db/passkey-challenges.ts';
import {
  deletePasskeys,
  insertPasskey,
  listPasskeys,
  type Passkey,
  passkeyHandle,
  renamePasskey,
} from '../../db/passkeys.ts';
import { findUserById } from '../../db/users.ts';
import type { AuditAction, AuditActor, AuditOutcome } from '../../domain/audit.ts';
import { MAX_PASSKEYS } from '../../domain/passkeys.ts';
import type { RelyingParty } from '../../signatures/relying-party.ts';
import {
  type Assertion,
  type Attestation,
  type AttestedPasskey,
  readClientData,
  SIGNATURE_ALGORITHMS,
  verifyAttestation,
} from '../../signatures/webauthn.ts';
import { beginSession, hashOfToken, type SignedIn } from '../auth/begin-session.ts';
import { checkPassword } from '../auth/check-password.ts';
import type { FactorAdded, FactorChanges } from '../auth/factor-changes.ts';
import { isFactorFresh } from '../auth/fresh-factor.ts';
import {
  describeCredential,
  PASSKEY_CHALLENGE_MS,
  type PasskeyCheck,
  type PasskeyFailure,
  type PasskeyRefusal,
} from '../auth/passkey-check.ts';
import type { PasswordHasher } from '../auth/passwords.ts';
import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { anonymous, type Caller, inSession } from '../caller.ts';

type InSession = Pick<Claims, 'userId' | 'sessionId'>;

export type AddFailure =
  | PasskeyFailure
  | 'invalid_credentials'
  | 'passkey_exists'
  | 'recent_sign_in_required'
  | 'sign_in_busy'
  | 'step_up_required'
  | 'too_many_passkeys';

/** The passkeys of a user, and signing in with nothing else. */
export interface Passkeys {
  /**
   * What an authenticator is to make; for who shows his password.
   * @param password left out by who has none
   */
  beginAdding(
    who: InSession,
    password: string | undefined,
    from: Caller,
  ): Promise<PublicKeyCredentialCreationOptionsJSON | AddFailure>;
  /** Ends every session and begins one. */
  add(
    who: InSession,
    made: { readonly name: string; readonly attestation: Attestation },
    from: Caller,
  ): Promise<(FactorAdded & { readonly passkey: Passkey }) | AddFailure>;
  rename(
    who: InSession,
    which: { readonly id: string; readonly name: string },
    from: Caller,
  ): Promise<Passkey | 'not_found'>;
  /** Ends every session and begins one. */
  remove(who: InSession, id: string, from: Caller): Promise<SignedIn | 'not_found' | 'step_up_required'>;
  /** The same for everybody: nothing is told of who there is. */
  beginSignIn(): Promise<PublicKeyCredentialRequestOptionsJSON>;
  signIn(assertion: Assertion, from: Caller): Promise<SignedIn | PasskeyFailure>;
}

const ID_LENGTH = 20;

export function createPasskeys(options: {
  readonly pool: DatabasePool;
  readonly tokens: TokenVerifier;
  readonly passwords: PasswordHasher;
  readonly relyingParty: RelyingParty;
  readonly passkeyCheck: PasskeyCheck;
  readonly factorChanges: FactorChanges;
}): Passkeys {
  const { pool, tokens, passwords, relyingParty, passkeyCheck, factorChanges } = options;
  const isFresh = (db: CommonQueryMethods, who: InSession) => isFactorFresh(db, who, tokens.now());
  const adding = ({ userId, sessionId }: InSession) =>
    ({ purpose: 'add', owner: sessionId, userId }) as const;
  const anybody = { purpose: 'sign_in', owner: null, userId: null } as const;

  const note = (
    db: CommonQueryMethods,
    [action, outcome]: readonly [AuditAction, AuditOutcome],
    actor: AuditActor,
    userId: number,
    detail: Readonly<Record<string, unknown>>,
  ) => appendAudit(db, { action, outcome, actor, userId, detail }, tokens.now());
  const noteRefusal = (
    db: CommonQueryMethods,
    actor: AuditActor,
    userId: number,
    why: PasskeyRefusal | 'wrong_password',
  ) => note(db, ['passkey.refused', 'refused'], actor, userId, { purpose: 'add', why });

  /** Uses the challenge up, whatever then comes of it. */
  async function attested(
    db: CommonQueryMethods,
    who: InSession,
    attestation: Attestation,
  ): Promise<AttestedPasskey | PasskeyRefusal> {
    const challenge = readClientData(attestation.response.clientDataJSON)?.challenge;
    if (challenge === undefined) return 'malformed';
    const isGood = await usePasskeyChallenge(db, hashOfToken(challenge), adding(who), tokens.now());
    return isGood ? verifyAttestation(relyingParty, attestation, challenge) : 'no_challenge';
  }

  return {
    async beginAdding(who, password, from) {
      const { userId } = who;
      const user = await checkPassword(pool, passwords, who, password, tokens.now());
      if (user === 'sign_in_busy' || user === 'recent_sign_in_required') return user;
      if (user === 'invalid_credentials') {
        await noteRefusal(pool, inSession(from, who), userId, 'wrong_password');
        return user;
      }
      if (!(await isFresh(pool, who))) return 'step_up_required';
      const present = await listPasskeys(pool, userId);
      if (present.length >= MAX_PASSKEYS) return 'too_many_passkeys';
      const challenge = await passkeyCheck.newChallenge(pool, adding(who));
      return generateRegistrationOptions({
        rpName: relyingParty.name,
        rpID: relyingParty.id,
        userName: user.email,
        userDisplayName: user.email,
        userID: new Uint8Array(await passkeyHandle(pool, userId)),
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: PASSKEY_CHALLENGE_MS,
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        supportedAlgorithmIDs: [...SIGNATURE_ALGORITHMS],
        excludeCredentials: present.map(describeCredential),
      });
    },

    async add(who, { name, attestation }, from) {
      const { userId } = who;
      const user = await findUserById(pool, userId);
      if (user === undefined) throw new Error(`session ${who.sessionId} belongs to no user`);
      const result = await pool.transaction(async (db) => {
        await lockFactors(db, userId);
        if (!(await isFresh(db, who))) return 'step_up_required' as const;
        const made = await attested(db, who, attestation);
        if (typeof made === 'string') {
          await noteRefusal(db, inSession(from, who), userId, made);
          return made === 'no_challenge' ? ('invalid_challenge' as const) : ('invalid_passkey' as const);
        }
        const passkey = {
          ...made,
          id: `pk_${nanoid(ID_LENGTH)}`,
          userId,
          name,
          transports: [...attestation.response.transports],
          createdAtMs: tokens.now(),
        };
        const detail = { passkeyId: passkey.id, isSynced: made.isSynced };
        const change = { user, who, from, action: 'passkey.added', detail } as const;
        const added = await factorChanges.add(db, change, async () => {
          const inserted = await insertPasskey(db, passkey);
          return inserted === 'added' ? undefined : inserted;
        });
        return typeof added === 'string' ? added : { ...added, passkey: { ...passkey, lastUsedAtMs: null } };
      });
      factorChanges.announce(result);
      return result;
    },

    async rename(who, { id, name }, from) {
      const { userId } = who;
      return pool.transaction(async (db) => {
        const passkey = await renamePasskey(db, userId, id, name);
        if (passkey === undefined) return 'not_found' as const;
        await note(db, ['passkey.renamed', 'done'], inSession(from, who), userId, { passkeyId: id });
        return passkey;
      });
    },

    async remove(who, id, from) {
      const { userId } = who;
      const user = await findUserById(pool, userId);
      if (user === undefined) throw new Error(`session ${who.sessionId} belongs to no user`);
      const change = { user, who, from, action: 'passkey.removed', detail: { passkeyId: id } } as const;
      const result = await pool.transaction(async (db) => {
        await lockFactors(db, userId);
        if (!(await isFresh(db, who))) return 'step_up_required' as const;
        const removed = await deletePasskeys(db, userId, id);
        return removed.length === 0 ? ('not_found' as const) : factorChanges.removed(db, change);
      });
      factorChanges.announce(result);
      return typeof result === 'string' ? result : result.signedIn;
    },

    beginSignIn: () => passkeyCheck.ask(pool, anybody),

    async signIn(assertion, from) {
      return pool.transaction(async (db) => {
        const passkey = await passkeyCheck.show(db, assertion, anybody, anonymous(from));
        if (typeof passkey === 'string') return passkey;
        const user = await findUserById(db, passkey.userId);
        if (user === undefined) throw new Error(`passkey ${passkey.id} belongs to no user`);
        // Something he has, and what the authenticator knows him by.
        return beginSession(tokens, db, user, from, true, { passkeyId: passkey.id });
      });
    },
  };
}
