import type { OrderView } from '../client/messages.ts';
import { ProblemError } from '../client/problem.ts';
import type { RestClient } from '../client/rest.ts';
import type { Session } from '../client/sign-in.ts';
import type { MetRefusal } from './tally.ts';

/** Refusals with the same reason, and whether the flow itself explains them. */
export interface Explanation {
  readonly reason: string;
  readonly count: number;
  /** Undefined: nothing explains it. */
  readonly because: string | undefined;
  /** The first one's words. */
  readonly detail: string;
}

const NEEDS_OPEN_ORDER: ReadonlySet<string> = new Set(['cancel', 'replace', 'reduce']);
/** Look-ups at a time. */
const CONCURRENCY = 8;

/**
 * Says for each kind of refusal why the exchange was right to refuse. That an order was filled before its cancel came
 * is not taken on trust: the exchange is asked for every such order.
 */
export async function explainRefusals(
  refusals: readonly MetRefusal[],
  rest: RestClient,
  sessionOf: (connection: number) => Session,
): Promise<readonly Explanation[]> {
  const counted = new Map<string, Explanation>();
  const left = [...refusals];
  async function work(): Promise<void> {
    for (let refusal = left.pop(); refusal !== undefined; refusal = left.pop()) {
      const because = await reasonFor(refusal, rest, sessionOf(refusal.connection));
      const reason = `${refusal.command} ${refusal.code}`;
      const key = `${reason} ${because}`;
      const before = counted.get(key);
      counted.set(key, { reason, because, detail: refusal.detail, count: (before?.count ?? 0) + 1 });
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return [...counted.values()].sort((a, b) => b.count - a.count);
}

async function reasonFor(
  refusal: MetRefusal,
  rest: RestClient,
  session: Session,
): Promise<string | undefined> {
  const { command, code } = refusal;
  const orderId = refusal.order?.orderId;
  if (command === 'market' && code === 'no_reference_price') return 'nothing was traded before it';
  if (!NEEDS_OPEN_ORDER.has(command)) return undefined;
  if (code === 'order_not_found' && orderId === undefined) {
    return 'its order is not in the file, or was refused itself';
  }
  if (command === 'reduce' && code === 'quantity_below_filled') return 'as much was filled before';
  if (command === 'reduce' && code === 'invalid_quantity') return 'it would leave nothing of the order';
  if (code !== 'order_not_open' || orderId === undefined) return undefined;
  const status = await statusOf(orderId, rest, session);
  if (status === 'filled') return 'its order was filled before';
  return status === 'canceled' ? 'its order was canceled before' : undefined;
}

async function statusOf(orderId: string, rest: RestClient, session: Session): Promise<string | undefined> {
  try {
    const token = await session.accessToken();
    return (await rest.request<OrderView>('GET', `/v1/orders/${orderId}`, { token })).status;
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
