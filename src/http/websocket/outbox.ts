import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketLimits } from './limits.ts';

const TEXT = Object.freeze({ binary: false, compress: false, fin: true });

/**
 * Holds back what is written to sockets until the end of the event loop's turn, so that all that a commit led to
 * leaves a socket with one system call.
 */
export class SendBatch {
  #corked: Duplex[] = [];

  /** Corks the socket until the turn's end. */
  cork(socket: Duplex): void {
    // ws corks for each frame by itself, but is done with that whenever we get here.
    if (socket.writableCorked > 0) return;
    socket.cork();
    this.#corked.push(socket);
    if (this.#corked.length === 1) setImmediate(() => this.#uncork());
  }

  #uncork(): void {
    const corked = this.#corked;
    this.#corked = [];
    for (const socket of corked) socket.uncork();
  }
}

/** The way out to one client. */
export class Outbox {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #batch: SendBatch;
  readonly #limits: WebSocketLimits;
  readonly #onOverflow: () => void;
  readonly #drainWaiters: (() => void)[] = [];

  /** @param onOverflow called, again and again, when the client reads too slowly to be sent more */
  constructor(
    ws: WebSocket,
    socket: Duplex,
    options: { readonly batch: SendBatch; readonly limits: WebSocketLimits; readonly onOverflow: () => void },
  ) {
    this.#ws = ws;
    this.#socket = socket;
    this.#batch = options.batch;
    this.#limits = options.limits;
    this.#onOverflow = options.onOverflow;
    const release = () => {
      for (const resolve of this.#drainWaiters.splice(0)) resolve();
    };
    socket.on('drain', release);
    socket.on('close', release);
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** Whether so much is unsent that what can wait should. */
  get isCongested(): boolean {
    return this.#ws.bufferedAmount > this.#limits.conflateAboveBytes;
  }

  /** Sends a text frame. A buffer may be shared by many sockets: it is not changed. */
  send(frame: string | Buffer): void {
    if (!this.isOpen) return;
    if (this.#ws.bufferedAmount > this.#limits.maxBacklogBytes) {
      this.#onOverflow();
      return;
    }
    this.#batch.cork(this.#socket);
    this.#ws.send(frame, TEXT);
  }

  /** Resolves once everything is sent, or the socket is closed. */
  drained(): Promise<void> {
    if (!this.isOpen || !this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }
}
