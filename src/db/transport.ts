import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** How to reach PostgreSQL, in the form that pg and Slonik both understand alike. */
export interface DatabaseTransport {
  /** Without the parameters that concern TLS. */
  readonly url: string;
  /** false: in the clear. */
  readonly ssl: ConnectionOptions | false;
}

/** What a database address asks for is not known, or a file that it names can't be read. */
export class DatabaseTransportError extends Error {
  override readonly name = 'DatabaseTransportError';
}

const VERIFIED_MODES: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full']);
const PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'] as const;

/**
 * Takes what concerns TLS out of a PostgreSQL address. Slonik knows three values of `sslmode` and pg reads them
 * differently, so neither is left to interpret it. Every mode that asks for TLS verifies the chain and the host name, also
 * `require` and `verify-ca`, which would let libpq talk to an impostor; only `no-verify` does not. `prefer` and `allow` are
 * refused: whoever sits in between could have them fall back to the clear.
 *
 * - `sslrootcert`: a PEM file of the authorities to trust, or `system` (the default) for those that Node trusts.
 * - `sslcert`, `sslkey`: PEM files of the client's own certificate.
 *
 * @throws {DatabaseTransportError}
 */
export function readTransport(address: string): DatabaseTransport {
  const url = new URL(address);
  const given = Object.fromEntries(PARAMETERS.map((name) => [name, url.searchParams.get(name)]));
  if (Object.values(given).every((value) => value === null)) return { url: address, ssl: false };
  for (const name of PARAMETERS) url.searchParams.delete(name);
  const mode = given.sslmode ?? modeOf(given.ssl ?? null);
  if (mode === 'disable') {
    if (given.sslrootcert) {
      throw new DatabaseTransportError('sslmode=disable does not go with an authority to verify against');
    }
    return { url: url.href, ssl: false };
  }
  if (mode === 'no-verify') {
    if (given.sslrootcert) {
      throw new DatabaseTransportError('sslmode=no-verify does not go with an authority to verify against');
    }
    return { url: url.href, ssl: { rejectUnauthorized: false, ...ownCertificate(given) } };
  }
  if (!VERIFIED_MODES.has(mode)) {
    throw new DatabaseTransportError(
      'sslmode must be one of disable, require, verify-ca, verify-full (the last three alike), no-verify',
    );
  }
  const authorities = given.sslrootcert ?? 'system';
  return {
    url: url.href,
    ssl: {
      rejectUnauthorized: true,
      ...(authorities === 'system' ? {} : { ca: read(authorities) }),
      ...ownCertificate(given),
    },
  };
}

/** Whether the address asks for TLS with whoever answers. */
export function trustsAnybody({ ssl }: DatabaseTransport): boolean {
  return ssl !== false && ssl.rejectUnauthorized === false;
}

/** Whether money and passwords would travel over a network for everybody on it to read and change. */
export function isInTheClear({ url, ssl }: DatabaseTransport): boolean {
  const { hostname } = new URL(url);
  // Without a host it is a socket of this machine.
  return ssl === false && !/^(?:localhost|127(?:\.\d+){3}|\[::1\]|)$/.test(hostname);
}

/** `ssl=true` is what other clients of pg write. An authority without a mode is there to be verified against. */
function modeOf(ssl: string | null): string {
  if (ssl === null || ssl === 'true' || ssl === '1') return 'verify-full';
  return ssl === 'false' || ssl === '0' ? 'disable' : ssl;
}

function ownCertificate(
  given: Readonly<Record<string, string | null>>,
): Pick<ConnectionOptions, 'cert' | 'key'> {
  const { sslcert, sslkey } = given;
  if (!sslcert && !sslkey) return {};
  if (!sslcert || !sslkey) throw new DatabaseTransportError('sslcert and sslkey must be given together');
  return { cert: read(sslcert), key: read(sslkey) };
}

function read(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DatabaseTransportError(`${file} can’t be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
  if (!text.includes('-----BEGIN ')) throw new DatabaseTransportError(`${file} is not a PEM file`);
  return text;
}
