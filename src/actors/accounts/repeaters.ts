import type { OrderRef } from '../../domain/trade.ts';
import type { Reply } from '../effects.ts';

interface Repeater {
  readonly replyTo: number;
  readonly refs: readonly OrderRef[];
}

/** Who sent a clientOrderId again before its first order was committed: they are answered when it is. */
export class Repeaters {
  readonly #waiting = new Map<number, Repeater[]>();
  readonly #reply: (replyTo: number, reply: Reply) => void;

  constructor(reply: (replyTo: number, reply: Reply) => void) {
    this.#reply = reply;
  }

  /** @param refs all orders that the id stands for, the first one's number being `orderNo` */
  wait(orderNo: number, replyTo: number, refs: readonly OrderRef[]): void {
    const waiting = this.#waiting.get(orderNo);
    if (waiting === undefined) this.#waiting.set(orderNo, [{ replyTo, refs }]);
    else waiting.push({ replyTo, refs });
  }

  answer(orderNo: number, replyWith: (refs: readonly OrderRef[]) => Reply): void {
    const waiting = this.#waiting.get(orderNo);
    if (waiting === undefined) return;
    this.#waiting.delete(orderNo);
    for (const { replyTo, refs } of waiting) this.#reply(replyTo, replyWith(refs));
  }
}
