import type Router from '@koa/router';
import type { RequestState } from '../state.ts';
import { confirmEmailPage, resetPasswordPage } from './mail-pages.ts';
import { sendPage } from './send-page.ts';

export function pageRoutes(router: Router<RequestState>): void {
  const confirm = confirmEmailPage();
  const reset = resetPasswordPage();
  router.get('/confirm-email', (ctx) => sendPage(ctx, confirm));
  router.get('/reset-password', (ctx) => sendPage(ctx, reset));
}
