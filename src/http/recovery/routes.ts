import type Router from '@koa/router';
import { limitAttempts } from '../auth/attempts.ts';
import { sendFailure } from '../auth/failures.ts';
import { callerOf } from '../caller.ts';
import type { Gateway } from '../gateway.ts';
import { validate } from '../middleware/validate.ts';
import type { RequestState } from '../state.ts';
import { AskForMail, ConfirmEmail, ResetPassword } from './schema.ts';

const NOT_THAT_PASSWORD =
  'This is not the password that was chosen at registering: if you don’t know it, set a new one by mail.';

/** For who can't sign in yet, or not any more: what is done with the help of a mail. */
export function recoveryRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { registration, passwordReset } = gateway;
  // Without a limit for a person from everywhere: others could use it up. His inbox is kept by the spacing of mails.
  const limitMails = limitAttempts(gateway, 'mail', (ctx) => ctx.state.input.body.email);
  const limitTokens = limitAttempts(gateway, 'mail_token', (ctx) => ctx.state.input.body.token);

  router.post('/v1/auth/confirm-email', validate(ConfirmEmail), limitTokens, async (ctx) => {
    const { token, password } = ctx.state.input.body;
    const result = await registration.confirm(token, password, callerOf(ctx));
    if (result !== 'done')
      return sendFailure(ctx, result, result === 'invalid_credentials' ? NOT_THAT_PASSWORD : undefined);
    ctx.status = 204;
  });

  router.post('/v1/auth/resend-confirmation', validate(AskForMail), limitMails, async (ctx) => {
    const { email } = ctx.state.input.body;
    await registration.resend(email, callerOf(ctx));
    ctx.status = 202;
    ctx.body = { email };
  });

  router.post('/v1/auth/password-resets', validate(AskForMail), limitMails, async (ctx) => {
    const { email } = ctx.state.input.body;
    await passwordReset.ask(email, callerOf(ctx));
    ctx.status = 202;
    ctx.body = { email };
  });

  router.post('/v1/auth/password-resets/complete', validate(ResetPassword), limitTokens, async (ctx) => {
    const { token, password } = ctx.state.input.body;
    const result = await passwordReset.complete(token, password, callerOf(ctx));
    if (result !== 'done') return sendFailure(ctx, result);
    ctx.status = 204;
  });
}
