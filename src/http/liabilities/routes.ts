import type Router from '@koa/router';
import { findNewestProof, findNewestRoot } from '../../db/liability-trees.ts';
import type { Gateway } from '../gateway.ts';
import { audited } from '../middleware/audited.ts';
import { validate } from '../middleware/validate.ts';
import { sendProblem } from '../problem.ts';
import type { RequestState } from '../state.ts';
import { PublishLiabilities } from './operations.ts';

export function liabilityRoutes(router: Router<RequestState>, gateway: Gateway): void {
  const { authentication, pool } = gateway;

  router.get('/v1/liabilities', async (ctx) => {
    const newest = await findNewestRoot(pool);
    if (newest === undefined) return sendProblem(ctx, 'not_found', 'No tree was made yet.');
    ctx.body = newest.root;
  });

  router.get('/v1/me/liability-proof', authentication.session, async (ctx) => {
    const proof = await findNewestProof(pool, ctx.state.claims.accountId);
    if (proof === undefined)
      return sendProblem(ctx, 'not_found', 'You owned nothing when the newest tree was made, or none was.');
    ctx.body = proof;
  });

  router.post(
    '/v1/admin/liabilities',
    authentication.operator('liabilities.publish'),
    validate(PublishLiabilities),
    audited(gateway, 'operator.publish_liabilities'),
    async (ctx) => {
      const made = await gateway.publishLiabilities();
      if ('unbalanced' in made)
        return sendProblem(
          ctx,
          'ledger_unbalanced',
          `The ledger does not sum to zero in ${made.unbalanced.join(', ')}.`,
        );
      ctx.status = 201;
      ctx.body = made.root;
    },
  );
}
