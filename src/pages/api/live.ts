import { session } from './session.ts';

/** How the connection stands. `stale`: it is lost, what is shown may have changed meanwhile. */
export type LiveState = 'connecting' | 'live' | 'stale';

export interface Channel {
  readonly channel: string;
  readonly market?: string;
  readonly interval?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: events are described in the AsyncAPI document.
type Event = any;

interface Subscription {
  readonly channel: Channel;
  readonly isPrivate: boolean;
  /** Of the last frame of the account that this has seen: where it goes on after the connection was lost. */
  sequence: number | undefined;
  readonly onEvent: (event: Event) => void;
  /** It has begun, or begun again after the connection was lost: whatever was read before may be old. */
  readonly onBegin: (() => void) | undefined;
  /** It may not be heard: connected or not, nothing comes. */
  readonly onRefused: (() => void) | undefined;
}

const PRIVATE = new Set(['orders', 'fills', 'balances', 'preventedMatches', 'withdrawals', 'operator']);
/** What begins after a sequence; what operators see doesn't. */
const RESUMABLE = new Set(['orders', 'fills', 'balances', 'preventedMatches', 'withdrawals']);
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** A connection that is silently gone is noticed within two of these. */
const HEARTBEAT_MS = 8_000;
/** Within this what ends a session has answered. */
const ANSWER_MS = 1_000;

/**
 * The one socket of the page. It comes back by itself, signs in again and begins every channel again; whoever listens keeps
 * showing what he has until the new snapshot is there, so that nothing flickers.
 */
export class Live {
  #socket: WebSocket | undefined;
  #state: LiveState = 'connecting';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #lastId = 0;
  #staleSinceMs: number | undefined;
  #isAuthenticated = false;
  #isHeard = true;
  /** Whose frames the sequences of the subscriptions count. */
  #accountId: string | undefined;
  readonly #subscriptions = new Set<Subscription>();
  readonly #answers = new Map<number, (answer: Event) => void>();
  readonly #listeners = new Set<() => void>();

  constructor() {
    session.onChange(() => this.#authenticate());
    setInterval(() => this.#beat(), HEARTBEAT_MS);
    addEventListener('online', () => this.#connectNow());
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Since when what is shown may be old. */
  get staleSinceMs(): number | undefined {
    return this.#staleSinceMs;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @returns how to end it */
  subscribe(
    channel: Channel,
    onEvent: (event: Event) => void,
    onBegin?: () => void,
    onRefused?: () => void,
  ): () => void {
    const subscription: Subscription = {
      channel,
      isPrivate: PRIVATE.has(channel.channel),
      sequence: undefined,
      onEvent,
      onBegin,
      onRefused,
    };
    this.#subscriptions.add(subscription);
    if (this.#socket === undefined) this.#connectNow();
    else if (this.#socket.readyState === WebSocket.OPEN) this.#begin(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      const isWanted = [...this.#subscriptions].some((other) => isSame(other.channel, channel));
      if (!isWanted) this.#send('unsubscribe', channel);
    };
  }

  #connectNow(): void {
    clearTimeout(this.#timer);
    if (this.#socket === undefined && this.#subscriptions.size > 0) this.#connect();
  }

  /** Asks for a sign of life; without one since the last the connection is given up. */
  #beat(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    // Closing it would wait for an answer that doesn't come.
    if (!this.#isHeard) return this.#lose(this.#socket);
    this.#isHeard = false;
    this.#send('ping', {});
  }

  #connect(): void {
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = async () => {
      this.#isHeard = true;
      this.#pauseMs = FIRST_PAUSE_MS;
      await this.#authenticate();
      for (const subscription of this.#subscriptions) if (!subscription.isPrivate) this.#begin(subscription);
      this.#setState('live');
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)));
    socket.onclose = () => this.#lose(socket);
  }

  #lose(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.onmessage = null;
    socket.close();
    this.#isAuthenticated = false;
    this.#answers.clear();
    this.#setState('stale');
    // Not all at once, when the exchange comes back.
    const pauseMs = this.#pauseMs * (0.5 + Math.random());
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.#connectNow(), pauseMs);
  }

  async #authenticate(): Promise<void> {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const token = session.accessToken;
    if (token === undefined) {
      // A socket speaks for one account: who signs out gets another.
      if (this.#isAuthenticated) this.#socket.close();
      return;
    }
    const answer = await this.#ask('authenticate', { token });
    if (answer.ok !== true) {
      if (answer.error?.code === 'account_mismatch') this.#socket.close();
      else if (answer.error?.code === 'unauthenticated') await session.renew().catch(() => {});
      return;
    }
    // Asked only now: the session before may have ended while the answer was on its way, and its channels with it.
    const wasAuthenticated = this.#isAuthenticated;
    this.#isAuthenticated = true;
    if (this.#accountId !== session.accountId)
      for (const subscription of this.#subscriptions) subscription.sequence = undefined;
    this.#accountId = session.accountId;
    if (wasAuthenticated) return;
    for (const subscription of this.#subscriptions) if (subscription.isPrivate) this.#begin(subscription);
  }

  async #begin(subscription: Subscription): Promise<void> {
    const { channel, isPrivate, onBegin, onRefused } = subscription;
    if (isPrivate && !this.#isAuthenticated) return;
    if (RESUMABLE.has(channel.channel) && subscription.sequence !== undefined) {
      const resumed = await this.#ask('subscribe', { ...channel, fromSequence: subscription.sequence });
      // What was missed comes now: nothing has to be read anew.
      if (resumed.ok === true) return;
    }
    const answer = await this.#ask('subscribe', channel);
    if (answer.ok !== true) return onRefused?.();
    if (RESUMABLE.has(channel.channel)) subscription.sequence = answer.result.sequence;
    onBegin?.();
  }

  #ask(method: string, params: object): Promise<Event> {
    return new Promise((resolve) => this.#answers.set(this.#send(method, params), resolve));
  }

  #send(method: string, params: object): number {
    this.#lastId += 1;
    if (this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify({ id: this.#lastId, method, params }));
    return this.#lastId;
  }

  #receive(frame: Event): void {
    this.#isHeard = true;
    if ('ok' in frame) {
      this.#answers.get(frame.id)?.(frame);
      this.#answers.delete(frame.id);
      return;
    }
    if (frame.channel === 'system' && frame.type === 'session_ended') {
      this.#isAuthenticated = false;
      this.#renewLater(session.accessToken);
      return;
    }
    for (const subscription of this.#subscriptions) {
      if (!isFor(subscription.channel, frame)) continue;
      // A frame that was sent to another who resumed the same channel.
      if (frame.channel === 'account') {
        if (frame.sequence <= (subscription.sequence ?? -1)) continue;
        subscription.sequence = frame.sequence;
      }
      subscription.onEvent(frame);
    }
  }

  /** What changes the sign-in ends the session and answers with another, perhaps after the socket has told the end. */
  #renewLater(ended: string | undefined): void {
    setTimeout(() => {
      if (session.accessToken === ended) session.renew().catch(() => {});
    }, ANSWER_MS);
  }

  #setState(state: LiveState): void {
    this.#state = state;
    this.#staleSinceMs = state === 'live' ? undefined : (this.#staleSinceMs ?? Date.now());
    for (const listener of this.#listeners) listener();
  }
}

export const live = new Live();

function isSame(one: Channel, other: Channel): boolean {
  return one.channel === other.channel && one.market === other.market && one.interval === other.interval;
}

function isFor({ channel, market, interval }: Channel, frame: Event): boolean {
  if (frame.channel === 'account') return channel in (frame.data ?? {});
  return (
    frame.channel === channel &&
    (market === undefined || frame.market === market) &&
    (interval === undefined || frame.interval === interval)
  );
}
