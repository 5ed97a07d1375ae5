import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** Which pages may use the exchange from a browser (RFC 6454). */
export interface OriginPolicy {
  /** Origins besides the exchange's own, written as browsers send them. */
  readonly allowed: ReadonlySet<string>;
  /** Take the host and scheme that the client saw from X-Forwarded-Host and X-Forwarded-Proto. */
  readonly trustProxy: boolean;
}

/** Only pages of the exchange's own address. */
export const OWN_ORIGIN_ONLY: OriginPolicy = Object.freeze({ allowed: new Set<string>(), trustProxy: false });

/**
 * Whether a WebSocket may be opened. Browsers let any page open one anywhere and leave it to the server to look at
 * the origin (RFC 6455, 10.2). Programs send none: they hold a token of their own, or see what is public.
 */
export function admitsOrigin(request: IncomingMessage, policy: OriginPolicy): boolean {
  const { origin } = request.headers;
  return (
    origin === undefined || policy.allowed.has(origin) || isOwnOrigin(origin, request, policy.trustProxy)
  );
}

function isOwnOrigin(origin: string, request: IncomingMessage, trustProxy: boolean): boolean {
  const host = (trustProxy ? first(request.headers['x-forwarded-host']) : undefined) ?? request.headers.host;
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol } = new URL(origin);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  // Whoever sits in between can write the page of a host that is reached in the clear.
  if (protocol === 'http:' && isSecure(request, trustProxy)) return false;
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}

/** Whether the client came over TLS: to this process, or to the proxy that says so. */
function isSecure(request: IncomingMessage, trustProxy: boolean): boolean {
  if ((request.socket as Partial<TLSSocket>).encrypted === true) return true;
  return trustProxy && first(request.headers['x-forwarded-proto']) === 'https';
}

/** The first of a list is what the proxy next to the client wrote. */
function first(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text?.split(',', 1)[0]?.trim();
}
