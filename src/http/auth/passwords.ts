import argon2 from 'argon2';

/** OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane. https://cheatsheetseries.owasp.org */
const PARAMETERS = Object.freeze({
  type: argon2.argon2id,
  memoryCost: 19 * 1024,
  timeCost: 2,
  parallelism: 1,
});

export interface PasswordHasher {
  /** PHC string of a new hash; undefined when too many are waiting. */
  hash(password: string): Promise<string | undefined>;
  /** Against no hash (an unknown address) it takes as long as against one and says false; undefined as above. */
  verify(hash: string | undefined, password: string): Promise<boolean | undefined>;
}

/**
 * Hashes at most `concurrency` at once. Argon2 runs on libuv's pool of four threads, which name lookups and file
 * writes share: sign-ins must not starve trading. Whoever finds `waitingLimit` before him is turned away.
 */
export function createPasswordHasher({ concurrency = 2, waitingLimit = 64 } = {}): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function bounded<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    if (running >= concurrency) {
      if (waiting.length >= waitingLimit) return undefined;
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // A slot goes straight to the next in line, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => bounded(() => argon2.hash(password, PARAMETERS)),
    verify: (hash, password) =>
      bounded(async () => {
        if (hash !== undefined) return argon2.verify(hash, password);
        decoy ??= argon2.hash('nobody has this password', PARAMETERS);
        await argon2.verify(await decoy, password);
        return false;
      }),
  };
}
