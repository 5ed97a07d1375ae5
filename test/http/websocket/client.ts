import type { ExecutionContext } from 'ava';
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape.
export type Frame = any;

/** A client that keeps what it is sent until the test asks for it. */
export class TestClient {
  readonly ws: WebSocket;
  /** Frames that nobody took yet, in the order in which they came. */
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #lastId = 0;
  /** Those who wait for a frame; each looks again when one came. */
  #waiting: (() => void)[] = [];
  #isClosed = false;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.#wake();
    });
    ws.on('error', () => {});
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  static async connect(t: ExecutionContext, url: string): Promise<TestClient> {
    const client = new TestClient(new WebSocket(`${url.replace('http', 'ws')}/ws`));
    t.teardown(() => client.ws.terminate());
    await new Promise((resolve, reject) => {
      client.ws.once('open', resolve);
      client.ws.once('error', reject);
    });
    return client;
  }

  /** Sends a request and takes its answer. */
  async request(method: string, params?: object): Promise<Frame> {
    const id = this.send(method, params);
    return this.take((frame) => frame.id === id);
  }

  /** Like `request`, for what must succeed: the result. */
  async ask(method: string, params?: object): Promise<Frame> {
    const answer = await this.request(method, params);
    if (!answer.ok) throw new Error(`${method}: ${answer.error.code}: ${answer.error.detail}`);
    return answer.result;
  }

  /** Sends a request and answers its id. */
  send(method: string, params?: object): number {
    this.#lastId += 1;
    this.ws.send(JSON.stringify({ id: this.#lastId, method, params }));
    return this.#lastId;
  }

  /** The first frame not yet taken that matches, now or when it comes. */
  async take(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const at = this.frames.findIndex(matches);
      if (at >= 0) return this.frames.splice(at, 1)[0];
      if (this.#isClosed) throw new Error('the socket closed before the frame came');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  /** The next event of a channel. */
  event(channel: string): Promise<Frame> {
    return this.take((frame) => frame.channel === channel);
  }
}
