import fc from 'fast-check';
import { asCommand, brokenPromise } from './answers.ts';
import { type ApiDescription, readDocument } from './document.ts';
import { type MadeUpRequest, madeUpRequests } from './requests.ts';
import { remember } from './seen.ts';
import { changedTables, settledState } from './state.ts';
import { type Answer, type Attackers, ask, createAttackers, type Target } from './target.ts';

/**
 * Sends what was made up from the document to a running exchange. What it promises: no answer that the document does not
 * have, and above all no 500; a refused request changes nothing; nothing pollutes the prototypes.
 */

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  onBlock?(done: number): void;
}

export interface FuzzResult {
  readonly requests: number;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** How often each route was reached with something that it took. */
  readonly accepted: ReadonlyMap<string, number>;
  readonly refusedAndCompared: number;
  /** What was broken, with the request to send again. */
  readonly broken: readonly string[];
}

const BLOCK = 50;
const AT_ONCE = 10;
const ENOUGH_BROKEN = 10;

export async function fuzz(target: Target, { requests, seed, onBlock }: FuzzOptions): Promise<FuzzResult> {
  const api = readDocument(JSON.stringify((await ask(target.baseUrl, 'GET', '/openapi.json')).body));
  const attackers = await createAttackers(target);
  const session = new FuzzSession(target, api, attackers);
  const made = {
    good: madeUpRequests(api, session.seen, 'good'),
    bad: madeUpRequests(api, session.seen, 'bad'),
  };
  for (let block = 0; session.done < requests && session.broken.length < ENOUGH_BROKEN; block += 1) {
    await attackers.restore();
    const part = block % 3 === 0 ? 'good' : 'bad';
    await session.run(fc.sample(made[part], { numRuns: BLOCK, seed: seed * 100_003 + block }));
    onBlock?.(session.done);
  }
  return session.result();
}

class FuzzSession {
  readonly seen: string[] = [];
  readonly broken: string[] = [];
  done = 0;
  readonly #target: Target;
  readonly #api: ApiDescription;
  readonly #attackers: Attackers;
  readonly #statuses = new Map<number, number>();
  readonly #accepted = new Map<string, number>();
  readonly #prototypes = prototypes();
  #compared = 0;

  constructor(target: Target, api: ApiDescription, attackers: Attackers) {
    this.#target = target;
    this.#api = api;
    this.#attackers = attackers;
  }

  result(): FuzzResult {
    return {
      requests: this.done,
      statuses: new Map([...this.#statuses].sort(([one], [other]) => one - other)),
      accepted: this.#accepted,
      refusedAndCompared: this.#compared,
      broken: this.broken,
    };
  }

  /**
   * Sends a block, then what was refused of it once more by itself, until nothing of that is taken any more: then the
   * database must be what it was before.
   */
  async run(block: readonly MadeUpRequest[]): Promise<void> {
    let left = block;
    while (left.length > 0) {
      const before = await settledState(this.#target);
      const refused = await this.#sendAll(left);
      if (refused.length === left.length) {
        this.#compared += left.length;
        const changed = changedTables(before, await settledState(this.#target));
        if (changed.length > 0) await this.#findCulprits(left, changed);
        break;
      }
      left = refused;
      await this.#attackers.restore();
    }
    if (prototypes() !== this.#prototypes) this.#report('the prototypes are polluted', block);
  }

  async #sendAll(requests: readonly MadeUpRequest[]): Promise<MadeUpRequest[]> {
    const refused: MadeUpRequest[] = [];
    for (let at = 0; at < requests.length; at += AT_ONCE) {
      const some = requests.slice(at, at + AT_ONCE);
      const answers = await Promise.all(some.map((one) => this.#send(one)));
      refused.push(...some.filter((_, index) => (answers[index]?.status ?? 500) >= 400));
    }
    return refused;
  }

  async #send(request: MadeUpRequest): Promise<Answer | undefined> {
    this.done += 1;
    let answer: Answer;
    try {
      answer = await this.#attackers.send(request);
    } catch (error) {
      this.#report(`there was no answer: ${String(error)}`, [request]);
      return undefined;
    }
    const { status, body } = answer;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    const wrong = brokenPromise(this.#api, request, answer);
    if (wrong !== undefined)
      this.#report(`${wrong}\n${status} ${JSON.stringify(body).slice(0, 600)}`, [request]);
    if (status < 400) {
      const key = this.#api.routeOf(request.method, request.target.split('?')[0]!)?.key ?? request.method;
      this.#accepted.set(key, (this.#accepted.get(key) ?? 0) + 1);
      remember(this.seen, body);
    }
    return answer;
  }

  async #findCulprits(requests: readonly MadeUpRequest[], tables: readonly string[]): Promise<void> {
    const found: MadeUpRequest[] = [];
    for (const request of requests) {
      const before = await settledState(this.#target);
      await this.#attackers.send(request);
      if (changedTables(before, await settledState(this.#target)).length > 0) found.push(request);
    }
    this.#report(`refused, and changed ${tables.join(', ')}`, found.length > 0 ? found : requests);
  }

  #report(what: string, requests: readonly MadeUpRequest[]): void {
    this.broken.push(`${what}\n${requests.slice(0, 3).map(asCommand).join('\n').slice(0, 4_000)}`);
  }
}

function prototypes(): string {
  const all = [Object, Array, Function, String, Number, Map, Promise].flatMap(({ name, prototype }) =>
    Reflect.ownKeys(prototype).map((key) => `${name}.${String(key)}`),
  );
  return all.join();
}
