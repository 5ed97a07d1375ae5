import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Claims } from '../auth/tokens.ts';
import type { AccountChannels } from './account-channels.ts';
import type { AccountSubscription } from './account-subscription.ts';
import { answerFrame, malformedFrame, type SystemEvent, systemFrame } from './frames.ts';
import { closeCodes, type WebSocketLimits } from './limits.ts';
import { channelKey, type MarketChannel, type MarketChannels } from './market-channels.ts';
import type { OperatorChannel, OperatorMember } from './operator-channel.ts';
import { Outbox, type SendBatch } from './outbox.ts';
import { deny, type Outcome } from './outcome.ts';
import { type Malformed, parseRequest, type Request } from './parse.ts';
import { Session, type SessionEnd, type Sessions, type SessionTokens } from './session.ts';
import type { Subscription } from './subscriptions.ts';

/** What all sockets of a gateway share. */
export interface ConnectionContext {
  readonly limits: WebSocketLimits;
  readonly log: Logger;
  readonly batch: SendBatch;
  readonly tokens: SessionTokens;
  readonly sessions: Sessions;
  readonly markets: MarketChannels;
  readonly accounts: AccountChannels;
  readonly operators: OperatorChannel;
  /** A socket is gone whose client asked for his orders to be canceled then. */
  readonly onDisconnected: (accountId: number) => void;
  readonly handle: (connection: Connection, request: Request) => Outcome | Promise<Outcome>;
}

interface MarketSubscription {
  readonly channel: MarketChannel;
  readonly subscription: Subscription<never>;
}

const MINUTE_MS = 60_000;
const BINARY: Malformed = Object.freeze({ detail: 'Only text frames are understood.', id: null });

/** One client: reads its requests, sends its answers and events, and knows what it subscribed to. */
export class Connection {
  readonly outbox: Outbox;
  readonly session: Session;
  /** Where it comes from. */
  readonly address: string;
  /** The account whose orders are canceled when the socket closes. */
  cancelOnDisconnect: number | undefined;
  readonly #ws: WebSocket;
  readonly #context: ConnectionContext;
  readonly #markets = new Map<string, MarketSubscription>();
  #account: AccountSubscription | undefined;
  #operator: OperatorMember | undefined;
  #inFlight = 0;
  /** Not read, since it has too many requests under way: our doing. */
  #isBusy = false;
  /** Not read, since it doesn't read what it is sent: its own doing. */
  #isBehind = false;
  #heardAtMs = performance.now();
  #malformed = 0;
  #malformedSinceMs = Number.NEGATIVE_INFINITY;
  #grace: NodeJS.Timeout | undefined;

  constructor(ws: WebSocket, socket: Duplex, address: string, context: ConnectionContext) {
    this.#ws = ws;
    this.#context = context;
    this.address = address;
    this.outbox = new Outbox(ws, socket, {
      batch: context.batch,
      limits: context.limits,
      onOverflow: () => this.close(closeCodes.slowConsumer, 'slow consumer'),
    });
    this.session = new Session(context.tokens, context.sessions, (why) => this.#onSessionEnded(why));
    socket.on('drain', () => this.#onDrain());
    ws.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    ws.on('pong', () => this.#heard());
    // ws closes the socket itself, with the code that fits, for example 1009.
    ws.on('error', (error) => context.log.debug({ err: error }, 'websocket failed'));
    ws.on('close', () => this.#onClose());
  }

  /** Number of channels it is subscribed to. */
  get subscriptionCount(): number {
    return this.#markets.size + (this.#account?.size ?? 0) + (this.#operator === undefined ? 0 : 1);
  }

  beginMarketChannel(channel: MarketChannel): void {
    this.endMarketChannel(channel);
    const subscription = this.#context.markets.begin(channel, this.outbox);
    this.#markets.set(channelKey(channel), { channel, subscription });
  }

  endMarketChannel(channel: MarketChannel): void {
    const begun = this.#markets.get(channelKey(channel));
    if (begun === undefined) return;
    this.#context.markets.end(begun.channel, begun.subscription);
    this.#markets.delete(channelKey(channel));
  }

  /** The private channels of the account that the socket speaks for. */
  accountSubscription(accountId: number): AccountSubscription {
    this.#account ??= this.#context.accounts.join(accountId, this.outbox, (error) => {
      this.#context.log.error({ err: error, accountId }, 'replay of account frames failed');
      this.close(closeCodes.internalError, 'replay failed');
    });
    return this.#account;
  }

  /** @returns whether he may hear what operators hear */
  async joinOperators(claims: Pick<Claims, 'userId' | 'sessionId'>): Promise<boolean> {
    const onEnd = () => this.close(closeCodes.sessionEnded, 'no operator any more');
    const member = await this.#context.operators.join(claims, this.outbox, onEnd);
    // Of several requests at once the last one counts.
    this.leaveOperators();
    this.#operator = member;
    return this.#operator !== undefined;
  }

  leaveOperators(): void {
    if (this.#operator !== undefined) this.#context.operators.leave(this.#operator);
    this.#operator = undefined;
  }

  endAccountSubscription(): void {
    this.leaveOperators();
    if (this.#account === undefined) return;
    this.#context.accounts.leave(this.#account);
    this.#account = undefined;
  }

  /** Pings, or cuts a client that wasn't heard of for too long. */
  beat(): void {
    // While it isn't read it can't be heard; but one that doesn't take what it is sent is as good as silent.
    if (this.#isBusy && !this.#isBehind) this.#heard();
    if (performance.now() - this.#heardAtMs > this.#context.limits.silenceTimeoutMs) this.#ws.terminate();
    else if (this.outbox.isOpen) this.#ws.ping();
  }

  tell(event: SystemEvent): void {
    this.outbox.send(systemFrame(event));
  }

  /** Says goodbye; ws cuts the connection when the client doesn't answer in time. */
  close(code: number, reason: string): void {
    if (!this.outbox.isOpen) return;
    this.#ws.close(code, reason);
    this.#ws.resume();
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!this.outbox.isOpen) return;
    this.#heard();
    const parsed = isBinary ? BINARY : parseRequest(data);
    if ('detail' in parsed) {
      this.#refuseMalformed(parsed);
      return;
    }
    this.#inFlight += 1;
    if (this.#inFlight >= this.#context.limits.maxInFlight) this.#isBusy = true;
    let outcome: Outcome | Promise<Outcome>;
    try {
      outcome = this.#context.handle(this, parsed);
    } catch (error) {
      outcome = this.#fault(parsed, error);
    }
    if (outcome instanceof Promise) {
      outcome.then(
        (decided) => this.#finish(parsed, decided),
        (error) => this.#finish(parsed, this.#fault(parsed, error)),
      );
    } else this.#finish(parsed, outcome);
    if (this.outbox.isCongested) this.#isBehind = true;
    if (this.#isBusy || this.#isBehind) this.#ws.pause();
  }

  #finish(request: Request, outcome: Outcome): void {
    this.#inFlight -= 1;
    if (this.#isBusy && this.#inFlight <= this.#context.limits.maxInFlight / 2) {
      this.#isBusy = false;
      this.#read();
    }
    if (!this.outbox.isOpen) return;
    this.outbox.send(answerFrame(request.id, outcome));
    if (outcome.ok) outcome.after?.();
  }

  #fault(request: Request, error: unknown): Outcome {
    this.#context.log.error({ err: error, method: request.method }, 'websocket request failed');
    return deny('internal_error');
  }

  #refuseMalformed(malformed: Malformed): void {
    const now = performance.now();
    if (now - this.#malformedSinceMs > MINUTE_MS) {
      this.#malformedSinceMs = now;
      this.#malformed = 0;
    }
    this.#malformed += 1;
    this.outbox.send(malformedFrame(malformed));
    if (this.#malformed >= this.#context.limits.maxMalformedPerMinute) {
      this.close(closeCodes.policyViolation, 'too many malformed frames');
    }
  }

  #onSessionEnded(why: SessionEnd): void {
    this.endAccountSubscription();
    this.tell({ type: 'session_ended', reason: why });
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => {
      if (this.session.claims() === undefined) this.close(closeCodes.sessionEnded, why.replace('_', ' '));
    }, this.#context.limits.sessionGraceMs);
  }

  #onDrain(): void {
    this.#heard();
    this.#isBehind = false;
    this.#read();
    for (const { subscription } of this.#markets.values()) subscription.drain();
  }

  /** Reads on, unless there is still a reason not to. */
  #read(): void {
    if (!this.#isBusy && !this.#isBehind && this.#ws.isPaused) this.#ws.resume();
  }

  #heard(): void {
    this.#heardAtMs = performance.now();
  }

  #onClose(): void {
    clearTimeout(this.#grace);
    this.session.close();
    this.endAccountSubscription();
    if (this.cancelOnDisconnect !== undefined) this.#context.onDisconnected(this.cancelOnDisconnect);
    for (const { channel } of [...this.#markets.values()]) this.endMarketChannel(channel);
  }
}
