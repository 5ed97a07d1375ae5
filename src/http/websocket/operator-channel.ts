import type { CommonQueryMethods } from 'slonik';
import type { Exchange, PublicEvent } from '../../actors/ports.ts';
import { findStanding } from '../../db/operators.ts';
import { isOperator } from '../../domain/roles.ts';
import { isoTime } from '../../domain/views.ts';
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

/** How often it is looked whether those who listen still may. */
const RECHECK_MS = 15_000;

/**
 * What happens, for the consoles of operators: they are told what changed and read it by the routes that their roles allow. Only
 * operators who have shown a second factor hear it, for as long as that is so.
 */
export class OperatorChannel {
  readonly #members = new Set<Member>();
  readonly #db: CommonQueryMethods;
  readonly #now: () => number;
  readonly #statuses = new Map<string, string>();
  readonly #stops: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly db: CommonQueryMethods;
    readonly now: () => number;
    readonly exchange: Pick<Exchange, 'publicEvents' | 'withdrawals'>;
    readonly figures: Figures | undefined;
  }) {
    const { db, now, exchange, figures } = options;
    this.#db = db;
    this.#now = now;
    this.#timer = setInterval(() => void this.#recheck(), RECHECK_MS);
    this.#timer.unref();
    this.#stops.push(
      exchange.publicEvents.subscribe((event) => this.#onPublic(event)),
      exchange.withdrawals.events.subscribe(({ withdrawal: { withdrawalNo, status, version } }) =>
        this.#tell('withdrawal', { id: String(withdrawalNo), status, version }),
      ),
    );
    if (figures !== undefined)
      this.#stops.push(figures.onSample((sample) => this.#tell('health', presentSample(sample))));
  }

  /** @param onEnd he may hear it no more @returns the part in it; undefined: he may not */
  async join(claims: Member['claims'], outbox: Outbox, onEnd: () => void): Promise<Member | undefined> {
    if (!(await this.#may(claims))) return undefined;
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

  close(): void {
    clearInterval(this.#timer);
    for (const stop of this.#stops) stop();
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

  #tell(type: string, data: object): void {
    if (this.#members.size === 0) return;
    const frame = Buffer.from(JSON.stringify({ channel: 'operator', type, data }));
    for (const { outbox } of this.#members) outbox.send(frame);
  }
}

export type OperatorMember = Member;
