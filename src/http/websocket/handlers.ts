import type { Exchange, OrderName, Placement } from '../../actors/ports.ts';
import type { Scope } from '../../domain/api-keys.ts';
import type { Result } from '../../domain/rejection.ts';
import { parseOrderId } from '../../domain/views.ts';
import type { Claims } from '../auth/tokens.ts';
import { describeExceeded, isExceeded, isHopeless, type RequestLimits } from '../limits/request-limits.ts';
import { fieldErrors } from '../middleware/validate.ts';
import { presentCountdown } from '../orders/presenter.ts';
import type { Connection } from './connection.ts';
import { closeCodes, type WebSocketLimits } from './limits.ts';
import type { MarketChannel, MarketChannels } from './market-channels.ts';
import { answer, deny, type Outcome, refused } from './outcome.ts';
import type { Request } from './parse.ts';
import {
  type ChannelName,
  isMethod,
  type Method,
  methods,
  type Params,
  PRIVATE_CHANNELS,
  type PrivateChannel,
} from './requests.ts';

export interface HandlerContext {
  readonly exchange: Exchange;
  readonly markets: MarketChannels;
  readonly limits: WebSocketLimits;
  readonly requestLimits: RequestLimits;
}

type PublicHandler<Name extends Method> = (
  connection: Connection,
  params: Params<Name>,
) => Outcome | Promise<Outcome>;
type AccountHandler<Name extends Method> = (claims: Claims, params: Params<Name>) => Promise<Outcome>;
type Handlers = {
  readonly [Name in Method]: (typeof methods)[Name]['access'] extends 'public'
    ? PublicHandler<Name>
    : AccountHandler<Name>;
};

const MAX_ERRORS = 20;
/** They are answered up to twice the limit. */
const URGENT_METHODS: ReadonlySet<string> = new Set<Method>([
  'order.cancel',
  'order.cancelAll',
  'order.cancelAllAfter',
]);

/** Makes the function that carries out requests: method known, parameters valid, signed in where that is needed. */
export function createHandler(
  context: HandlerContext,
): (connection: Connection, request: Request) => Outcome | Promise<Outcome> {
  const handlers = { ...channelHandlers(context), ...orderHandlers(context.exchange) } as Handlers;

  return (connection, { method, params }) => {
    const limited = overLimit(connection, method, context.requestLimits);
    if (limited !== undefined) return limited;
    if (!isMethod(method)) return deny('unknown_method', `There is no method '${method}'.`);
    const parsed = methods[method].params.safeParse(params);
    if (!parsed.success) return invalid(parsed.error);
    if (methods[method].access === 'public') {
      return (handlers[method] as PublicHandler<Method>)(connection, parsed.data as never);
    }
    return asAccount(connection, 'trade', (claims) =>
      (handlers[method] as AccountHandler<Method>)(claims, parsed.data as never),
    );
  };
}

/** Counts a request for its account or, while there is none, for its address. At once: requests must not overtake one another. */
function overLimit(connection: Connection, method: string, limits: RequestLimits): Outcome | undefined {
  const claims = connection.session.claims();
  const standings =
    claims === undefined ? [limits.takeOfAddress(connection.address, 1)] : limits.takeOfCaller(claims, 1);
  const isUrgent = URGENT_METHODS.has(method);
  const exceeded = standings.find((standing) => isExceeded(standing, isUrgent));
  if (exceeded === undefined) return undefined;
  if (isHopeless(exceeded)) connection.close(closeCodes.policyViolation, 'too many requests');
  const retryAfterSeconds = exceeded.secondsLeft;
  return {
    ok: false,
    error: { code: 'too_many_requests', detail: describeExceeded(exceeded), retryAfterSeconds },
  };
}

/** Runs what needs an account, and of a key the scope; a sign-in that was sent before it is waited for. */
function asAccount(
  connection: Connection,
  scope: Scope,
  act: (claims: Claims) => Promise<Outcome>,
): Outcome | Promise<Outcome> {
  const { session } = connection;
  const claims = session.claims();
  const within = (admitted: Claims) =>
    admitted.scopes === null || admitted.scopes.includes(scope)
      ? act(admitted)
      : deny('insufficient_scope', `The key does not have the scope ${scope}.`);
  if (claims !== undefined) return within(claims);
  if (session.pending === undefined) return deny('unauthenticated');
  return session.pending.then(() => {
    const admitted = session.claims();
    return admitted === undefined ? deny('unauthenticated') : within(admitted);
  });
}

function invalid(error: Parameters<typeof fieldErrors>[0]): Outcome {
  const errors = fieldErrors(error, 'body').map(({ pointer, detail }) => ({ pointer, detail }));
  const [first] = errors;
  return {
    ok: false,
    error: {
      code: 'invalid_request',
      detail: `params ${first!.pointer}: ${first!.detail}`,
      errors: errors.slice(0, MAX_ERRORS),
    },
  };
}

function channelHandlers({
  markets,
  limits,
}: HandlerContext): Pick<
  Handlers,
  'ping' | 'authenticate' | 'subscribe' | 'unsubscribe' | 'order.cancelOnDisconnect'
> {
  return {
    ping: () => answer({ at: new Date().toISOString() }),

    'order.cancelOnDisconnect': (connection, { enabled }) =>
      asAccount(connection, 'trade', async ({ accountId }) => {
        connection.cancelOnDisconnect = enabled ? accountId : undefined;
        return answer({ enabled });
      }),

    authenticate: (connection, { token }) => connection.session.authenticate(token),

    subscribe: (connection, params) => {
      if (connection.subscriptionCount >= limits.maxSubscriptions) return deny('too_many_subscriptions');
      if (params.channel === 'operator')
        return asAccount(connection, 'read', (claims) => joinOperators(connection, claims));
      if (isPrivate(params)) {
        return asAccount(connection, 'read', ({ accountId }) =>
          connection.accountSubscription(accountId).begin(params.channel, params.fromSequence),
        );
      }
      const able = markets.check(params);
      if (!able.ok) return refused(able.refusal);
      const begin = () => answer({ channel: params.channel }, () => connection.beginMarketChannel(params));
      return markets.ready(params)?.then(begin) ?? begin();
    },

    unsubscribe: (connection, params) => {
      if (params.channel === 'operator') {
        connection.leaveOperators();
        return answer({ channel: params.channel });
      }
      if (isPrivate(params)) {
        return asAccount(connection, 'read', async ({ accountId }) => {
          connection.accountSubscription(accountId).end(params.channel);
          return answer({ channel: params.channel });
        });
      }
      connection.endMarketChannel(params);
      return answer({ channel: params.channel });
    },
  };
}

async function joinOperators(connection: Connection, claims: Claims): Promise<Outcome> {
  if (claims.scopes !== null) return deny('insufficient_scope', 'Only operators in a session hear it.');
  return (await connection.joinOperators(claims))
    ? answer({ channel: 'operator' })
    : deny('forbidden', 'Only operators who have shown a second factor hear it.');
}

function isPrivate<Name extends ChannelName>(
  params: Name,
): params is Exclude<Name, MarketChannel | { channel: 'operator' }> & { channel: PrivateChannel } {
  return (PRIVATE_CHANNELS as readonly string[]).includes(params.channel);
}

function orderHandlers(
  exchange: Exchange,
): Pick<
  Handlers,
  | 'order.place'
  | 'order.placeList'
  | 'order.replace'
  | 'order.cancel'
  | 'order.amend'
  | 'order.cancelAll'
  | 'order.cancelAllAfter'
> {
  return {
    'order.place': async ({ accountId }, request) =>
      outcomeOf(await exchange.placeOrder({ accountId, request }), (placement) => placement),

    'order.placeList': async ({ accountId }, request) =>
      outcomeOf(await exchange.placeOrderList({ accountId, request }), (placement) => placement),

    'order.replace': async ({ accountId }, params) => {
      const name = orderName(accountId, params);
      if (!name.ok) return refused(name.refusal);
      const replaced = await exchange.replaceOrder({ accountId, name: name.value, request: params.order });
      return outcomeOf(replaced, (replacement) => replacement);
    },

    'order.cancel': async ({ accountId }, params) => {
      const name = orderName(accountId, params);
      if (!name.ok) return refused(name.refusal);
      return outcomeOf(await exchange.cancelOrder({ accountId, name: name.value }), (order) => ({ order }));
    },

    'order.amend': async ({ accountId }, params) => {
      const name = orderName(accountId, params);
      if (!name.ok) return refused(name.refusal);
      const { price, quantity, stopPrice } = params;
      const amended = await exchange.amendOrder({ accountId, name: name.value, price, quantity, stopPrice });
      return outcomeOf(amended, ({ order, fills }: Placement) => ({ order, fills }));
    },

    'order.cancelAllAfter': async ({ accountId }, { seconds }) =>
      outcomeOf(await exchange.cancelAllAfter(accountId, seconds * 1_000), presentCountdown),

    'order.cancelAll': async ({ accountId }, params) =>
      outcomeOf(await exchange.cancelAllOrders({ accountId, ...params }), (canceled) => ({
        canceled,
      })),
  };
}

function outcomeOf<Value>(result: Result<Value>, present: (value: Value) => unknown): Outcome {
  return result.ok ? answer(present(result.value)) : refused(result.refusal);
}

/** The order that a request means. One of another account does not exist for this one. */
function orderName(
  accountId: number,
  params: { readonly orderId?: string | undefined; readonly clientOrderId?: string | undefined },
): Result<OrderName> {
  if (params.clientOrderId !== undefined) return { ok: true, value: { clientOrderId: params.clientOrderId } };
  const ref = parseOrderId(params.orderId!);
  if (ref?.accountId !== accountId) {
    return { ok: false, refusal: { code: 'order_not_found', detail: 'There is no such order.' } };
  }
  return { ok: true, value: { orderNo: ref!.orderNo } };
}
