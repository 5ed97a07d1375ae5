import type { CommonQueryMethods } from 'slonik';
import type { Exchange, PublicEvent } from '../../actors/ports.ts';
import { findStanding } from '../../db/operators.ts';
import { isOperator } from '../../domain/roles.ts';
import { isoTime } from '../../domain/views.ts';
import { type DeskState, VELOCITY } from '../../domain/withdrawals/desk-state.ts';
import type { Claims } from '../auth/tokens.ts';
import type { Figures } from '../figures/figures.ts';
import { presentSample } from '../figures/schema.ts';
import type { Outbox } from './outbox.ts';

/** Something that operators should know of at once. */
export interface AlarmNotice {
  readonly source: string;
  readonly detail: string;
}

interface Member {
  readonly claims: Pick<Claims, 'userId' | 'sessionId'>;
  readonly outbox: Outbox;
  readonly onEnd: () => void;
}

/**
 * What happens, for the consoles of operators: they are told what changed and read it by the routes that their roles allow. Only
 * operators who have shown a second factor hear it, for as long as that is so.
 */
export class OperatorChannel {
  readonly #members = new Set<Member>();
  readonly #db: CommonQueryMethods;
  readonly #now: () => number;
  readonly #statuses = new Map<string, string>();
  /** Since when withdrawals are paused, as it was told last. */
  #pausedAtMs: number | undefined;
  readonly #stops: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #rechecking: Promise<void> | undefined;

  constructor(options: {
    readonly db: CommonQueryMethods;
    readonly now: () => number;
    readonly exchange: Pick<Exchange, 'publicEvents' | 'withdrawals'>;
    readonly figures: Figures | undefined;
    /** How often it is looked whether those who listen still may. */
    readonly recheckMs: number;
  }) {
    const { db, now, exchange, figures, recheckMs } = options;
    this.#db = db;
    this.#now = now;
    this.#pausedAtMs = exchange.withdrawals.state().paused?.atMs;
    this.#timer = setInterval(() => {
      this.#rechecking ??= this.#recheck().finally(() => {
        this.#rechecking = undefined;
      });
    }, recheckMs);
    this.#timer.unref();
    this.#stops.push(
      exchange.publicEvents.subscribe((event) => this.#onPublic(event)),
      exchange.withdrawals.events.subscribe(({ withdrawal: { withdrawalNo, status, version } }) =>
        this.#tell('withdrawal', { id: String(withdrawalNo), status, version }),
      ),
      exchange.withdrawals.states.subscribe((state) => this.#onDesk(state)),
    );
    if (figures !== undefined)
      this.#stops.push(figures.onSample((sample) => this.#tell('health', presentSample(sample))));
  }

  /** @param onEnd he may hear it no more @returns the part in it; undefined: he may not */
  async join(claims: Member['claims'], outbox: Outbox, onEnd: () => void): Promise<Member | undefined> {
    if (!(await this.#may(claims))) return undefined;
    // It may have closed meanwhile, and nobody would take it out again.
    if (!outbox.isOpen) return undefined;
    const member = { claims, outbox, onEnd };
    this.#members.add(member);
    return member;
  }

  leave(member: Member): void {
    this.#members.delete(member);
  }

  alarm({ source, detail }: AlarmNotice): void {
    this.#tell('alarm', { source, detail, at: isoTime(this.#now()) });
  }

  /** Resolves when it reads nothing any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const stop of this.#stops) stop();
    await this.#rechecking;
  }

  async #may(claims: Member['claims']): Promise<boolean> {
    const standing = await findStanding(this.#db, claims, this.#now());
    return standing !== undefined && isOperator(standing.role) && standing.showedFactor;
  }

  async #recheck(): Promise<void> {
    for (const member of this.#members) {
      // Where it can't be found out, nobody hears anything.
      if (await this.#may(member.claims).catch(() => false)) continue;
      this.#members.delete(member);
      member.onEnd();
    }
  }

  #onPublic(event: PublicEvent): void {
    if (event.channel !== 'ticker') return;
    const { market, status } = event.ticker;
    if (this.#statuses.get(market) === status) return;
    this.#statuses.set(market, status);
    this.#tell('market', { market, status });
  }

  #onDesk({ paused }: DeskState): void {
    if (paused?.atMs === this.#pausedAtMs) return;
    this.#pausedAtMs = paused?.atMs;
    this.#tell('pause', { paused: paused && { reason: paused.reason, at: isoTime(paused.atMs) } });
    if (paused?.reason === VELOCITY)
      this.alarm({ source: 'withdrawals', detail: 'paused: too much left within too short a time' });
  }

  #tell(type: string, data: object): void {
    if (this.#members.size === 0) return;
    const frame = Buffer.from(JSON.stringify({ channel: 'operator', type, data }));
    for (const { outbox } of this.#members) outbox.send(frame);
  }
}

export type OperatorMember = Member;
