import type { Middleware } from 'koa';

/**
 * What a JSON API needs of the OWASP secure headers; a page that needs more (styles, scripts) sets its own policy.
 * https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export function securityHeaders(): Middleware {
  return (ctx, next) => {
    const { res } = ctx;
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    return next();
  };
}
