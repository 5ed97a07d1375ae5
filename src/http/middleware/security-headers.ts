import type { Middleware } from 'koa';

/** A year. Subdomains are left out: they may be somebody else's, or in the clear on purpose. */
const STRICT_TRANSPORT = 'max-age=31536000';

/**
 * What a JSON API needs of the OWASP secure headers; a page that needs more (styles, scripts) sets its own policy.
 * Who came over TLS, to us or to a trusted proxy, is asked never to come without it (RFC 6797, which forbids to ask in the clear).
 * https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export function securityHeaders(): Middleware {
  return (ctx, next) => {
    const { res } = ctx;
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    if (ctx.secure) res.setHeader('Strict-Transport-Security', STRICT_TRANSPORT);
    return next();
  };
}
