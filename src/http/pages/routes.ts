import type Router from '@koa/router';
import type { Context } from 'koa';
import type { RequestState } from '../state.ts';
import { confirmEmailPage, resetPasswordPage } from './mail-pages.ts';
import type { Page } from './page.ts';

export function pageRoutes(router: Router<RequestState>): void {
  const confirm = confirmEmailPage();
  const reset = resetPasswordPage();
  router.get('/confirm-email', (ctx) => sendPage(ctx, confirm));
  router.get('/reset-password', (ctx) => sendPage(ctx, reset));
}

export function sendPage(ctx: Context, { html, contentSecurityPolicy }: Page): void {
  ctx.set('Content-Security-Policy', contentSecurityPolicy);
  ctx.set('Content-Type', 'text/html; charset=utf-8');
  ctx.body = html;
}
