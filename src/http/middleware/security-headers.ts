import type { Middleware } from 'koa';
import { REPLY_HEADERS } from '../reply-headers.ts';

/** A year. Subdomains are left out: they may be somebody else's, or in the clear on purpose. */
const STRICT_TRANSPORT = 'max-age=31536000';
const HEADERS = Object.entries(REPLY_HEADERS);

/**
 * Puts them on every reply, and asks who came over TLS, to us or to a trusted proxy, never to come without it (RFC 6797, which
 * forbids to ask in the clear).
 */
export function securityHeaders(): Middleware {
  return (ctx, next) => {
    const { res } = ctx;
    for (const [name, value] of HEADERS) res.setHeader(name, value);
    if (ctx.secure) res.setHeader('Strict-Transport-Security', STRICT_TRANSPORT);
    return next();
  };
}
