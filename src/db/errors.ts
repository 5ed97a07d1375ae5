import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  InvalidInputError,
} from 'slonik';

/**
 * What a failed statement or transaction means for the caller:
 *
 * - `unavailable`: the database is gone, going, starting, or out of a resource. If COMMIT had been sent,
 *   its outcome is not known; try again later.
 * - `serialization`: PostgreSQL rolled the transaction back (deadlock, serialization); nothing was applied.
 * - `constraint`: a constraint refused the statement; nothing was applied and the same again fails again.
 * - `cancelled`: a time-out or an operator cancelled the statement; nothing was applied.
 * - `closed`: our own pool was closed; the process is shutting down.
 * - `other`: everything else, usually a bug.
 */
export type DatabaseFailure =
  | 'unavailable'
  | 'serialization'
  | 'constraint'
  | 'cancelled'
  | 'closed'
  | 'other';

/** Codes of Node's sockets and resolver that mean that PostgreSQL could not be reached or has hung up. */
const socketCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * The SQLSTATEs and classes (first two characters) after which the same statement may well succeed later.
 * Source: PostgreSQL manual, appendix A. 08 connection exception, 53 insufficient resources (disk full, too
 * many connections), 58 system error; 57P01 to 57P05 server going down, crashing or starting; 25P03 and
 * 25P04 session ended by a time-out; 25006 read-only (a standby answered); 40003 outcome unknown; 55P03 a lock was not
 * had in time; 26000 a prepared statement is gone (a pooler changed the connection).
 */
const unavailableStates =
  /^(?:08...|53...|58...|57P01|57P02|57P03|57P04|57P05|25P03|25P04|25006|40003|55P03|26000)$/;

/** pg and slonik tell a lost connection by nothing but these messages when it was lost between two queries. */
const lostConnectionMessages =
  /connection terminated|connection timeout|not queryable|client is (?:pending destroy|destroyed)|query read timeout/i;

const closedPoolMessages =
  /connection pool (?:is being (?:terminated|shut down)|has (?:ended|been shut down))/i;

interface ErrorLike {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly cause?: unknown;
}

/** The error and its causes, outermost first. Slonik wraps what pg threw. */
function* chain(error: unknown): Generator<ErrorLike> {
  let current = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    yield current as ErrorLike;
    current = (current as ErrorLike).cause;
  }
}

/** The five-character SQLSTATE that PostgreSQL gave, or undefined when the error did not come from it. */
export function sqlState(error: unknown): string | undefined {
  for (const link of chain(error)) {
    // A socket error like EPIPE has a code of five characters too, but no severity.
    if (typeof link.code === 'string' && typeof link.severity === 'string') return link.code;
    // Slonik replaces the error of SQLSTATE 22P02 by its own and drops the cause.
    if (link instanceof InvalidInputError && /^invalid input syntax/i.test(link.message)) return '22P02';
  }
  return undefined;
}

/** Name of the constraint that refused the statement, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  for (const link of chain(error)) {
    const name = (link as { readonly constraint?: unknown }).constraint;
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/** See {@link DatabaseFailure}. */
export function classifyDatabaseError(error: unknown): DatabaseFailure {
  const links = [...chain(error)];
  if (links.some((link) => closedPoolMessages.test(String(link.message)))) return 'closed';

  const state = sqlState(error);
  if (state !== undefined) {
    if (unavailableStates.test(state)) return 'unavailable';
    if (state.startsWith('40')) return 'serialization';
    if (state.startsWith('23')) return 'constraint';
    return state === '57014' ? 'cancelled' : 'other';
  }

  const lost = links.some(
    (link) =>
      link instanceof BackendTerminatedError ||
      link instanceof BackendTerminatedUnexpectedlyError ||
      link instanceof ConnectionError ||
      link instanceof IdleTransactionTimeoutError ||
      (typeof link.code === 'string' && socketCodes.has(link.code)) ||
      lostConnectionMessages.test(String(link.message)),
  );
  return lost ? 'unavailable' : 'other';
}

/** Codes of Node and OpenSSL for a certificate that does not prove who its owner is. */
const certificateCodes =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** What is wrong with the certificate that the other end showed, or undefined when that was not the trouble. */
export function certificateFailure(error: unknown): string | undefined {
  for (const link of chain(error)) {
    if (typeof link.code === 'string' && certificateCodes.test(link.code)) return String(link.message);
  }
  return undefined;
}

/** True if the database could not be reached, went away, or is out of a resource: see `unavailable`. */
export function isConnectionError(error: unknown): boolean {
  return classifyDatabaseError(error) === 'unavailable';
}
