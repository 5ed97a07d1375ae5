import { Problem, problemOf, UNREACHABLE } from './problem.ts';

/** What a sign-in gives. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accountId: string;
  readonly sessionId: string;
}

/** A second factor is wanted. */
export interface Challenge {
  readonly challenge: string;
  readonly factors: readonly ('totp' | 'passkey' | 'recovery_code')[];
}

const STORED = 'bourse.refresh-token';

/**
 * The session of this page. The access token is in memory only; the refresh token is kept with the tab, or with the browser for
 * who wants to stay signed in. It is good once, so that of several requests that find the access token too old one renews it and
 * the others wait.
 */
export class Session {
  #access: Tokens | undefined;
  #renewing: Promise<boolean> | undefined;
  #wantsFactor = false;
  readonly #listeners = new Set<() => void>();

  get isSignedIn(): boolean {
    return this.#access !== undefined;
  }

  get accountId(): string | undefined {
    return this.#access?.accountId;
  }

  get accessToken(): string | undefined {
    return this.#access?.accessToken;
  }

  /** The last second factor is too old for what was asked for. */
  get wantsFactor(): boolean {
    return this.#wantsFactor;
  }

  wantFactor(): void {
    if (this.#wantsFactor) return;
    this.#wantsFactor = true;
    this.#tell();
  }

  factorShown(): void {
    this.#wantsFactor = false;
    this.#tell();
  }

  /** @returns how to stop listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Goes on with the session that the tab or the browser has kept. */
  async resume(): Promise<boolean> {
    return this.#stored() !== null && (await this.renew());
  }

  begin(tokens: Tokens, staySignedIn: boolean): void {
    sessionStorage.removeItem(STORED);
    localStorage.removeItem(STORED);
    this.#wantsFactor = false;
    this.#keep(tokens, staySignedIn ? localStorage : sessionStorage);
  }

  /** A change of the sign-in ends the session and begins another. */
  replace(tokens: Tokens): void {
    this.#keep(tokens, localStorage.getItem(STORED) === null ? sessionStorage : localStorage);
  }

  end(): void {
    this.#access = undefined;
    this.#wantsFactor = false;
    sessionStorage.removeItem(STORED);
    localStorage.removeItem(STORED);
    this.#tell();
  }

  async signOut(): Promise<void> {
    const { accessToken } = this;
    this.end();
    await fetch('/v1/auth/logout', {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
    }).catch(() => {});
  }

  /** Gets a new access token; false: the session is over. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<boolean> {
    // Another tab that stays signed in may have renewed it: only one may at a time.
    return navigator.locks.request(STORED, async () => {
      const refreshToken = this.#stored();
      if (refreshToken === null) return this.#over();
      let reply: Response;
      try {
        reply = await fetch('/v1/auth/refresh', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ refreshToken }),
        });
      } catch {
        throw new Problem(0, UNREACHABLE, 'The exchange can’t be reached.');
      }
      if (reply.status === 401) return this.#over();
      if (!reply.ok) throw await problemOf(reply);
      this.replace(await reply.json());
      return true;
    });
  }

  #over(): false {
    this.end();
    return false;
  }

  #stored(): string | null {
    return sessionStorage.getItem(STORED) ?? localStorage.getItem(STORED);
  }

  #keep(tokens: Tokens, storage: Storage): void {
    this.#access = tokens;
    storage.setItem(STORED, tokens.refreshToken);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const session = new Session();
