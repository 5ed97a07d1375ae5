import type Router from '@koa/router';
import type { Context } from 'koa';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import type { BuiltFile, BuiltPages } from './built-pages.ts';
import { GetAsset } from './operations.ts';
import { makePage } from './page.ts';
import { sendPage } from './send-page.ts';

/**
 * What these pages may do: run and show what comes from here, and talk to here. Styles that scripts set on elements need no
 * permission; images may be made by the page itself.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Their names change with what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

const NOT_BUILT = makePage(
  'The pages are not built',
  '<p>This exchange was installed without what its pages are built with. <code>npm run build:pages</code> builds them.</p>',
);

export function builtPageRoutes(
  router: Router<RequestState>,
  { pages }: { readonly pages: BuiltPages },
): void {
  const page = (fileOf: () => BuiltFile | undefined) => (ctx: Context) => {
    const file = fileOf();
    if (file === undefined) {
      ctx.status = 503;
      return sendPage(ctx, NOT_BUILT);
    }
    ctx.set('Content-Security-Policy', POLICY);
    send(ctx, file);
  };
  router.get(
    '/',
    page(() => pages.trading),
  );
  router.get(
    '/sign-in/callback',
    page(() => pages.trading),
  );
  router.get(
    '/console',
    page(() => pages.console),
  );
  router.get('/assets/:file', validate(GetAsset), (ctx) => {
    const file = pages.file(`/assets/${ctx.state.input.params.file}`);
    if (file === undefined) return sendProblem(ctx, 'not_found', 'There is no such file.');
    ctx.set('Cache-Control', FOR_EVER);
    send(ctx, file);
  });
}

function send(ctx: Context, { content, brotli, contentType, etag }: BuiltFile): void {
  ctx.status = 200;
  ctx.set('Content-Type', contentType);
  ctx.set('ETag', etag);
  ctx.set('Vary', 'Accept-Encoding');
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  const isCompressed = brotli !== undefined && ctx.acceptsEncodings('br', 'identity') === 'br';
  if (isCompressed) ctx.set('Content-Encoding', 'br');
  ctx.body = isCompressed ? brotli : content;
}
