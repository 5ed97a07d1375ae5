import type { Context } from 'koa';
import type { AnyMiddleware } from '../middleware/authenticate.ts';
import { sendProblem } from '../problem.ts';
import { type PasswordPolicy, WEAKNESSES } from './policy.ts';

/** A password that somebody chooses. */
export interface ChosenPassword {
  readonly password: string;
  readonly email: string;
}

/** Refuses a new password that is too easy to guess. After `validate`, and before anything is done with it. */
export function refuseWeak(
  policy: PasswordPolicy,
  chosen: (ctx: Context) => ChosenPassword | Promise<ChosenPassword>,
): AnyMiddleware {
  return async (ctx, next) => {
    const { password, email } = await chosen(ctx);
    const weakness = await policy.weaknessOf(password, email);
    if (weakness === undefined) await next();
    else sendProblem(ctx, weakness, WEAKNESSES[weakness]);
  };
}
