import type Router from '@koa/router';
import { accountOperations } from './account/operations.ts';
import { accountRoutes } from './account/routes.ts';
import { addressOperations } from './addresses/operations.ts';
import { addressRoutes } from './addresses/routes.ts';
import { approvalOperations } from './approvals/operations.ts';
import { approvalRoutes } from './approvals/routes.ts';
import { auditOperations } from './audit/operations.ts';
import { auditRoutes } from './audit/routes.ts';
import { authOperations } from './auth/operations.ts';
import { authRoutes } from './auth/routes.ts';
import { custodyOperations } from './custody/operations.ts';
import { custodyRoutes } from './custody/routes.ts';
import { factorOperations } from './factors/operations.ts';
import { factorRoutes } from './factors/routes.ts';
import { figureOperations, figureRoutes } from './figures/routes.ts';
import type { Gateway } from './gateway.ts';
import { healthOperations } from './health/operations.ts';
import { healthRoutes } from './health/routes.ts';
import { keyOperations } from './keys/operations.ts';
import { keyRoutes } from './keys/routes.ts';
import { liabilityOperations } from './liabilities/operations.ts';
import { liabilityRoutes } from './liabilities/routes.ts';
import { limitAddresses, weightOf } from './limits/limit-requests.ts';
import { marketOperations } from './markets/operations.ts';
import { marketRoutes } from './markets/routes.ts';
import { oauthOperations } from './oauth/operations.ts';
import { oauthRoutes } from './oauth/routes.ts';
import { oidcOperations } from './oidc/operations.ts';
import { oidcRoutes } from './oidc/routes.ts';
import type { Operations } from './openapi/operation.ts';
import { documentOperations } from './openapi/operations.ts';
import { documentRoutes } from './openapi/routes.ts';
import { operatorOperations } from './operators/operations.ts';
import { operatorRoutes } from './operators/routes.ts';
import { orderOperations } from './orders/operations.ts';
import { orderRoutes } from './orders/routes.ts';
import { builtPageRoutes } from './pages/built-routes.ts';
import { pageOperations } from './pages/operations.ts';
import { pageRoutes } from './pages/routes.ts';
import { passkeyOperations } from './passkeys/operations.ts';
import { passkeyRoutes } from './passkeys/routes.ts';
import { recoveryOperations } from './recovery/operations.ts';
import { recoveryRoutes } from './recovery/routes.ts';
import { sessionOperations } from './sessions/operations.ts';
import { sessionRoutes } from './sessions/routes.ts';
import type { RequestState } from './state.ts';
import { userOperations } from './users/operations.ts';
import { userRoutes } from './users/routes.ts';
import { asyncApiOperations, asyncApiRoutes } from './websocket/routes.ts';
import { withdrawalOperations } from './withdrawals/operations.ts';
import { withdrawalRoutes } from './withdrawals/routes.ts';

/** Everything the document describes; a test holds that it is everything the router answers. */
export const operations: Operations = Object.freeze({
  ...authOperations,
  ...recoveryOperations,
  ...sessionOperations,
  ...factorOperations,
  ...oidcOperations,
  ...passkeyOperations,
  ...keyOperations,
  ...oauthOperations,
  ...marketOperations,
  ...orderOperations,
  ...accountOperations,
  ...custodyOperations,
  ...withdrawalOperations,
  ...addressOperations,
  ...liabilityOperations,
  ...operatorOperations,
  ...approvalOperations,
  ...userOperations,
  ...auditOperations,
  ...healthOperations,
  ...figureOperations,
  ...documentOperations,
  ...pageOperations,
  ...asyncApiOperations,
});

export function registerRoutes(router: Router<RequestState>, gateway: Gateway): void {
  authRoutes(router, gateway);
  recoveryRoutes(router, gateway);
  sessionRoutes(router, gateway);
  factorRoutes(router, gateway);
  oidcRoutes(router, gateway);
  passkeyRoutes(router, gateway);
  keyRoutes(router, gateway);
  oauthRoutes(router, gateway);
  marketRoutes(router, gateway);
  orderRoutes(router, gateway);
  accountRoutes(router, gateway);
  custodyRoutes(router, gateway);
  withdrawalRoutes(router, gateway);
  addressRoutes(router, gateway);
  liabilityRoutes(router, gateway);
  operatorRoutes(router, gateway);
  approvalRoutes(router, gateway);
  userRoutes(router, gateway);
  auditRoutes(router, gateway);
  healthRoutes(router, gateway);
  figureRoutes(router, gateway);
  documentRoutes(router, operations, gateway.version);
  pageRoutes(router);
  builtPageRoutes(router, gateway);
  asyncApiRoutes(router, gateway.version);
  limitRoutes(router, gateway);
}

/** Puts the limit of addresses before everything else that a route does; what its requests weigh is in the document. */
function limitRoutes(router: Router<RequestState>, { requestLimits }: Gateway): void {
  for (const { path, methods, stack } of router.stack) {
    const method = methods.find((one) => one !== 'HEAD');
    const operation = (operations as Operations)[`${method} ${String(path) as `/${string}`}`];
    if (operation === undefined) throw new Error(`${method} ${path} is not in the document`);
    stack.unshift(limitAddresses(requestLimits, weightOf(operation)) as (typeof stack)[number]);
  }
}
