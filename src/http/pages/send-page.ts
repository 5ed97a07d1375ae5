import type { Context } from 'koa';
import type { Page } from './page.ts';

export function sendPage(ctx: Context, { html, contentSecurityPolicy }: Page): void {
  ctx.set('Content-Security-Policy', contentSecurityPolicy);
  ctx.set('Content-Type', 'text/html; charset=utf-8');
  ctx.body = html;
}
