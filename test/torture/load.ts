import { setTimeout as delay } from 'node:timers/promises';
import type { ClientRecord } from '../support/client-record.ts';
import { type Line, type Login, openRestLine, openSocketLine, Trader } from '../support/traders.ts';

const RETRY_MS = 100;
/** Requests under way of a trader by REST, and by WebSocket. */
const BY_REST = 4;
const BY_SOCKET = 15;

/** Traders that never give up: whoever is cut off comes back to wherever the exchange is. */
export class Load {
  readonly #running: Promise<void>[];
  readonly #lines = new Set<Line>();
  #isOver = false;

  constructor(logins: readonly Login[], url: () => string, record: ClientRecord) {
    this.#running = logins.map((login, index) => this.#run(login, index, url, record));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    for (const line of this.#lines) line.close();
    await Promise.all(this.#running);
  }

  async #run(login: Login, index: number, url: () => string, record: ClientRecord): Promise<void> {
    const trader = new Trader(record, `trader-${index}`);
    const isRest = index % 3 === 0;
    while (!this.#isOver) {
      const line = isRest ? openRestLine(url(), login) : await openSocketLine(url(), login, record);
      this.#lines.add(line);
      if (!this.#isOver) await trader.trade(line, isRest ? BY_REST : BY_SOCKET);
      this.#lines.delete(line);
      await delay(RETRY_MS);
    }
  }
}
