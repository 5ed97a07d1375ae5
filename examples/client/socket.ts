import { once } from 'node:events';
import { WebSocket } from 'ws';
import type {
  Amendment,
  Answer,
  OrderAmendment,
  OrderName,
  OrderRequest,
  OrderView,
  Placement,
  ServerEvent,
  Subscription,
} from './messages.ts';
import { ConnectionError, ProblemError } from './problem.ts';
import type { Session } from './sign-in.ts';

/**
 * A connection to the WebSocket API. Requests are sent at once and may be many at a time; the exchange handles those
 * of one socket in the order in which they were sent.
 */
export interface ExchangeSocket {
  /**
   * @throws {ConnectionError} when the connection ends before the answer: then the outcome isn't known, and the same
   * clientOrderId sent again tells
   */
  request<Result>(method: string, params?: unknown): Promise<Answer<Result>>;
  placeOrder(order: OrderRequest): Promise<Answer<Placement>>;
  cancelOrder(name: OrderName): Promise<Answer<{ readonly order: OrderView }>>;
  amendOrder(name: OrderName, changes: OrderAmendment): Promise<Answer<Amendment>>;
  cancelAllOrders(market?: string): Promise<Answer<{ readonly canceled: readonly string[] }>>;
  /** @throws {ProblemError} when the exchange refuses */
  subscribe(subscription: Subscription): Promise<void>;
  /** Called with every event of every subscription. */
  onEvent(listener: (event: ServerEvent) => void): void;
  /** Requests that have no answer yet. */
  readonly inFlight: number;
  /** Fulfilled with the close code once the connection is over, whoever ended it. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

export interface ExchangeSocketOptions {
  /** Signs the socket in and keeps it so. */
  readonly session?: Session;
}

/** How often to look whether the session has a newer token than the socket showed. */
const RENEWAL_INTERVAL_MS = 15_000;
const NORMAL_CLOSURE = 1000;

interface Waiting {
  readonly resolve: (answer: Answer<never>) => void;
  readonly reject: (error: Error) => void;
}

/** @param baseUrl as for REST, for example `http://127.0.0.1:3000` */
export async function connectSocket(
  baseUrl: string,
  { session }: ExchangeSocketOptions = {},
): Promise<ExchangeSocket> {
  const url = new URL('/ws', baseUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const waiting = new Map<number, Waiting>();
  const listeners: ((event: ServerEvent) => void)[] = [];
  let lastId = 0;
  let shownToken: string | undefined;
  let renewals: NodeJS.Timeout | undefined;

  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.channel !== undefined) {
      for (const listener of listeners) listener(frame as ServerEvent);
      return;
    }
    const request = waiting.get(frame.id);
    waiting.delete(frame.id);
    request?.resolve(
      frame.ok ? { ok: true, result: frame.result as never } : { ok: false, error: frame.error },
    );
  });
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code, reason) => {
      clearInterval(renewals);
      const error = new ConnectionError(`The WebSocket was closed: ${code} ${String(reason)}`.trim());
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      resolve(code);
    });
  });

  try {
    await once(socket, 'open');
  } catch (error) {
    throw new ConnectionError(`No WebSocket at ${url.href}: is the exchange running?`, { cause: error });
  }
  // 'close' follows, and that is where those who wait are told.
  socket.on('error', () => {});

  function request<Result>(method: string, params?: unknown): Promise<Answer<Result>> {
    if (socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new ConnectionError('The WebSocket is closed.'));
    }
    lastId += 1;
    const id = lastId;
    const frame = JSON.stringify(params === undefined ? { id, method } : { id, method, params });
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      socket.send(frame);
    });
  }

  async function expect(method: string, params: unknown): Promise<void> {
    const answer = await request(method, params);
    if (!answer.ok) throw new ProblemError(answer.error, 0, method);
  }

  async function authenticate(signedIn: Session): Promise<void> {
    const token = await signedIn.accessToken();
    if (token === shownToken) return;
    await expect('authenticate', { token });
    shownToken = token;
  }

  const client: ExchangeSocket = {
    request,
    placeOrder: (order) => request('order.place', order),
    cancelOrder: (name) => request('order.cancel', name),
    amendOrder: (name, changes) => request('order.amend', { ...name, ...changes }),
    cancelAllOrders: (market) => request('order.cancelAll', market === undefined ? {} : { market }),
    subscribe: (subscription) => expect('subscribe', subscription),
    onEvent: (listener) => void listeners.push(listener),
    get inFlight() {
      return waiting.size;
    },
    closed,
    async close() {
      socket.close(NORMAL_CLOSURE);
      await closed;
    },
  };

  if (session !== undefined) {
    try {
      await authenticate(session);
    } catch (error) {
      await client.close();
      throw error;
    }
    renewals = setInterval(() => {
      // If this fails the exchange closes the socket when the token runs out, and says so.
      authenticate(session).catch(() => {});
    }, RENEWAL_INTERVAL_MS);
    renewals.unref();
  }
  return client;
}
