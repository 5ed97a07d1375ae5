import type { Context } from 'koa';
import { sendProblem } from '../problem.ts';
import type { AnyMiddleware } from './authenticate.ts';

/**
 * Keeps operators from acting on themselves: 403 `own_account`. Whoever has the machine acts in an operator's name and not for
 * him, so the command line may. After `audited`, so that the try is written down.
 * @param whom the user or the account that the request is about
 */
export function notOwnAccount(
  whom: (ctx: Context) => { readonly userId?: number; readonly accountId?: number },
): AnyMiddleware {
  return (ctx, next) => {
    const { claims, byCommandLine } = ctx.state;
    const { userId, accountId } = whom(ctx);
    if (byCommandLine === true || (userId !== claims.userId && accountId !== claims.accountId)) return next();
    sendProblem(ctx, 'own_account', 'Nobody does this for himself: another operator has to.');
    return undefined;
  };
}
