import type { Claims, TokenVerifier } from '../auth/tokens.ts';
import { answer, deny, type Outcome } from './outcome.ts';

export type SessionTokens = Pick<TokenVerifier, 'verify' | 'onSessionEnded' | 'now'>;
export type SessionEnd = 'token_expired' | 'session_ended';

/** The longest that setTimeout takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Which sockets belong to a sign-in session, to tell them when it ends. */
export class Sessions {
  readonly #byId = new Map<string, Set<Session>>();
  readonly #stopListening: () => void;

  constructor(tokens: SessionTokens) {
    this.#stopListening = tokens.onSessionEnded((sessionId) => {
      for (const session of [...(this.#byId.get(sessionId) ?? [])]) session.end('session_ended');
    });
  }

  add(sessionId: string, session: Session): void {
    const sessions = this.#byId.get(sessionId);
    if (sessions === undefined) this.#byId.set(sessionId, new Set([session]));
    else sessions.add(session);
  }

  remove(sessionId: string, session: Session): void {
    const sessions = this.#byId.get(sessionId);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byId.delete(sessionId);
  }

  close(): void {
    this.#stopListening();
  }
}

/** For whom a socket speaks: nobody at first, then one account for as long as its token is good. */
export class Session {
  readonly #tokens: SessionTokens;
  readonly #sessions: Sessions;
  readonly #onEnded: (why: SessionEnd) => void;
  #claims: Claims | undefined;
  /** Stays when the session ends: nobody else may take the socket over. */
  #accountId: number | undefined;
  #pending: Promise<unknown> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param onEnded called when the socket no longer speaks for its account */
  constructor(tokens: SessionTokens, sessions: Sessions, onEnded: (why: SessionEnd) => void) {
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#onEnded = onEnded;
  }

  /** Resolves when a sign-in that is under way is decided; undefined when there is none. */
  get pending(): Promise<unknown> | undefined {
    return this.#pending;
  }

  /** The claims of the token, while it is good. */
  claims(): Claims | undefined {
    if (this.#claims !== undefined && this.#claims.expiresAtMs <= this.#tokens.now())
      this.end('token_expired');
    return this.#claims;
  }

  /** Signs in with a token, or puts a newer one in the place of the one before. */
  authenticate(token: string): Promise<Outcome> {
    const before = this.#pending;
    const decided = (async () => {
      await before;
      return this.#admit(await this.#tokens.verify(token));
    })();
    // Who waits for it only wants to know that it is over.
    const over = decided.then(
      () => {},
      () => {},
    );
    this.#pending = over;
    over.then(() => {
      if (this.#pending === over) this.#pending = undefined;
    });
    return decided;
  }

  end(why: SessionEnd): void {
    if (this.#claims === undefined) return;
    this.#forget();
    this.#onEnded(why);
  }

  /** For when the socket is closed. */
  close(): void {
    this.#closed = true;
    this.#forget();
  }

  #admit(claims: Claims | undefined): Outcome {
    if (claims === undefined || claims.expiresAtMs <= this.#tokens.now()) {
      return deny('unauthenticated', 'The token is not good, or not any more.');
    }
    if (this.#closed) return deny('unauthenticated');
    if (this.#accountId !== undefined && this.#accountId !== claims.accountId)
      return deny('account_mismatch');
    this.#forget();
    this.#claims = claims;
    this.#accountId = claims.accountId;
    this.#sessions.add(claims.sessionId, this);
    const leftMs = claims.expiresAtMs - this.#tokens.now();
    this.#expiry = setTimeout(() => this.claims(), Math.min(leftMs, MAX_TIMEOUT_MS));
    return answer({
      accountId: String(claims.accountId),
      expiresAt: new Date(claims.expiresAtMs).toISOString(),
    });
  }

  #forget(): void {
    if (this.#claims === undefined) return;
    clearTimeout(this.#expiry);
    this.#sessions.remove(this.#claims.sessionId, this);
    this.#claims = undefined;
  }
}
