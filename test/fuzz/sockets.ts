import fc from 'fast-check';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type FrameDescription, readFrames } from './frames.ts';
import { type MadeUpFrame, madeUpFrames } from './frames-made.ts';
import { remember } from './seen.ts';
import { changedTables, settledState } from './state.ts';
import { ask, createAttackers, type Target } from './target.ts';

/**
 * Sends frames that were made up from the AsyncAPI document. What the exchange promises: each is answered, with what the document
 * has, and never with an error of its own; what is refused changes nothing.
 */

export interface SocketFuzzResult {
  readonly frames: number;
  /** How often each code was answered, `ok` for what was taken. */
  readonly codes: ReadonlyMap<string, number>;
  readonly refusedAndCompared: number;
  readonly broken: readonly string[];
}

const BLOCK = 60;
const ENOUGH_BROKEN = 10;
const ANSWER_MS = 10_000;
/** Of a frame that is too large, and of a client that sends what is none too often. */
const EXPECTED_ENDS = new Set([1008, 1009]);

type Answer = { readonly id: unknown; readonly ok: boolean; readonly error?: { readonly code: string } };

export async function fuzzSockets(
  target: Target,
  options: { readonly frames: number; readonly seed: number },
): Promise<SocketFuzzResult> {
  const document = (await ask(target.baseUrl, 'GET', '/asyncapi.json')).body;
  const session = new SocketFuzz(target, readFrames(document as object));
  const attackers = await createAttackers(target);
  for (let block = 0; session.frames < options.frames && session.broken.length < ENOUGH_BROKEN; block += 1) {
    await attackers.restore();
    const part = block % 3 === 0 ? 'good' : 'bad';
    const made = madeUpFrames(session.description, session.seen, part);
    const frames = fc.sample(made, { numRuns: BLOCK, seed: options.seed * 100_003 + block });
    // One who is not signed in is refused most of it.
    await session.run(frames, block % 4 === 3 ? undefined : attackers.customerToken());
  }
  await session.close();
  return session;
}

class SocketFuzz implements SocketFuzzResult {
  readonly description: FrameDescription;
  readonly seen: string[] = [];
  readonly broken: string[] = [];
  readonly codes = new Map<string, number>();
  frames = 0;
  refusedAndCompared = 0;
  readonly #target: Target;
  readonly #sent: z.ZodType;
  #line: Line | undefined;
  #token: string | undefined;

  constructor(target: Target, description: FrameDescription) {
    this.#target = target;
    this.description = description;
    const { sent, schemas } = description;
    this.#sent = z.fromJSONSchema({ anyOf: sent, $defs: schemas } as never);
  }

  /** Sends frames one after the other, then what was refused of them by itself, until nothing of that is taken any more. */
  async run(frames: readonly MadeUpFrame[], token: string | undefined): Promise<void> {
    await this.close();
    this.#token = token;
    for (let left = frames; left.length > 0; ) {
      const before = await settledState(this.#target);
      const refused: MadeUpFrame[] = [];
      for (const frame of left) if (await this.#isRefused(frame)) refused.push(frame);
      if (refused.length === left.length) {
        this.refusedAndCompared += left.length;
        const changed = changedTables(before, await settledState(this.#target));
        if (changed.length > 0) this.#report(`refused, and changed ${changed.join(', ')}`, left);
        return;
      }
      left = refused;
    }
  }

  async close(): Promise<void> {
    await this.#line?.close();
    this.#line = undefined;
  }

  async #isRefused(frame: MadeUpFrame): Promise<boolean> {
    this.frames += 1;
    const line = await this.#open();
    const answer = await line.ask(frame.text);
    for (const heard of line.heard.splice(0)) this.#check(heard, frame);
    if (typeof answer === 'number') {
      this.#line = undefined;
      this.#count(`closed ${answer}`);
      if (!EXPECTED_ENDS.has(answer)) this.#report(`the socket was closed with ${answer}`, [frame]);
      return true;
    }
    if (answer === 'silent') {
      this.#report('no answer', [frame]);
      await this.close();
      return true;
    }
    this.#count(answer.ok ? 'ok' : answer.error!.code);
    if (answer.error?.code === 'internal_error') this.#report('an error of the exchange’s own', [frame]);
    if (answer.ok && frame.hasForeignField) this.#report('took what the document does not have', [frame]);
    if (answer.ok) remember(this.seen, answer);
    return !answer.ok;
  }

  #check(heard: unknown, frame: MadeUpFrame): void {
    const result = this.#sent.safeParse(heard);
    if (!result.success)
      this.#report(`said what the document does not have: ${JSON.stringify(heard).slice(0, 500)}`, [frame]);
  }

  async #open(): Promise<Line> {
    if (this.#line?.isOpen === true) return this.#line;
    this.#line = await Line.open(this.#target.baseUrl);
    if (this.#token !== undefined) {
      const hello = { id: 'hello', method: 'authenticate', params: { token: this.#token } };
      const answer = await this.#line.ask(JSON.stringify(hello));
      if (typeof answer !== 'object' || !answer.ok) this.#report(`no sign-in: ${JSON.stringify(answer)}`, []);
      this.#line.heard.length = 0;
    }
    return this.#line;
  }

  #count(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  #report(what: string, frames: readonly MadeUpFrame[]): void {
    const shown = frames.slice(0, 5).map((frame) => `${frame.what}: ${frame.text.slice(0, 1_000)}`);
    this.broken.push([what, ...shown].join('\n'));
  }
}

/** A socket on which one frame is asked at a time. */
class Line {
  /** Everything that came, answers and events. */
  readonly heard: unknown[] = [];
  readonly #ws: WebSocket;
  #onAnswer: ((answer: Answer | number) => void) | undefined;

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('error', () => {});
    ws.on('close', (code) => this.#onAnswer?.(code));
    ws.on('message', (data) => {
      const frame = JSON.parse(data.toString());
      this.heard.push(frame);
      if ('ok' in frame) this.#onAnswer?.(frame);
    });
  }

  static open(baseUrl: string): Promise<Line> {
    const ws = new WebSocket(`${baseUrl.replace('http', 'ws')}/ws`);
    const line = new Line(ws);
    return new Promise((resolve, reject) => {
      ws.once('open', () => resolve(line));
      ws.once('error', reject);
    });
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** The answer, the code that the socket was closed with, or that none of them came. */
  ask(text: string): Promise<Answer | number | 'silent'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('silent'), ANSWER_MS);
      this.#onAnswer = (answer) => {
        clearTimeout(timer);
        this.#onAnswer = undefined;
        resolve(answer);
      };
      this.#ws.send(text);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ws.readyState === WebSocket.CLOSED) return resolve();
      this.#ws.once('close', () => resolve());
      this.#ws.close();
    });
  }
}
