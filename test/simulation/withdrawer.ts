import type { Exchange } from '../../src/actors/ports.ts';
import type { Result } from '../../src/domain/rejection.ts';
import { approvalPayload } from '../../src/domain/withdrawals/approval-payload.ts';
import type { Withdrawal } from '../../src/domain/withdrawals/withdrawal.ts';
import { isUnderWay } from '../../src/domain/withdrawals/withdrawal-machine.ts';
import { USD_POLICY, withdrawalOf } from '../support/withdrawals.ts';
import type { ClientLog, RunningProcess } from './client.ts';
import { must } from './oracles.ts';
import type { Tables } from './tables.ts';
import type { Owner, World } from './world.ts';

/** What worlds hold withdrawals to: some need approvals, some cool down, some are too much at once. */
export const POLICY = Object.freeze({
  ...USD_POLICY,
  tiers: [
    { name: 'small', upTo: '5', approvals: 0, treasurers: 0, approvers: null },
    { name: 'large', upTo: null, approvals: 2, treasurers: 1, approvers: null },
  ],
  accountDayLimit: '400',
  velocity: { windowMs: 2_000, value: '60', count: 8 },
  confirmWithinMs: 3_000,
  approveWithinMs: 6_000,
  coolingMs: 20,
});

const EVERY_MS = 20;
const PATIENCE_MS = 20_000;

/** Everybody who has to do with withdrawals: owners, approvers, and a custody that reads the database and acts. */
export class Withdrawer {
  readonly #world: World;
  readonly #owner: Owner;
  readonly #tables: Tables;
  readonly #process: () => RunningProcess | undefined;
  readonly #log: Pick<ClientLog, 'answered'>;
  readonly #accounts: readonly number[];
  #names = 0;

  constructor(
    world: World,
    tables: Tables,
    accounts: readonly number[],
    process: () => RunningProcess | undefined,
    log: Pick<ClientLog, 'answered'>,
  ) {
    this.#world = world;
    this.#owner = world.owner('withdrawer');
    this.#tables = tables;
    this.#accounts = accounts;
    this.#process = process;
    this.#log = log;
  }

  /** @param isOver once it is true nothing more is asked */
  begin(isOver: () => boolean): void {
    const again = (): void => {
      if (isOver()) return;
      this.#next();
      this.#world.schedule(this.#owner, this.#world.random.fraction() * EVERY_MS, again);
    };
    this.#world.schedule(this.#owner, 1, again);
  }

  #next(): void {
    const { random } = this.#world;
    const all = [...this.#tables.withdrawals.byNo.values()];
    const underWay = all.filter(({ status }) => isUnderWay(status));
    const known = random.oneIn(15) ? all : underWay;
    if (known.length === 0 || (underWay.length < 6 && random.oneIn(4))) return this.#request();
    if (random.oneIn(40)) return this.#ask('withdrawals resume', (exchange) => exchange.withdrawals.resume());
    if (random.oneIn(200))
      return this.#ask('withdrawals pause', (exchange) => exchange.withdrawals.pause('by hand'));
    const withdrawal = random.pick(known);
    const { kind, send } = this.#step(withdrawal);
    this.#ask(kind, async (exchange) => {
      const result = await send(exchange);
      if (result.ok) this.#mustBeDurable(result.value);
      return result;
    });
  }

  #request(): void {
    const { random } = this.#world;
    this.#names += 1;
    // One name in three was used before, perhaps by another account.
    const name = `w${random.oneIn(3) ? random.between(1, this.#names) : this.#names}`;
    const command = withdrawalOf(random.pick(this.#accounts), {
      amount: random.pick(['1', '3', '7.5', '300']),
      fee: '0.5',
      clientWithdrawalId: random.oneIn(5) ? null : name,
    });
    this.#ask('withdrawal request', async (exchange) => {
      const result = await exchange.withdrawals.request(command);
      if (result.ok) this.#mustBeDurable(result.value.withdrawal);
      return result;
    });
  }

  /** Mostly what comes next; now and then anything. */
  #step(withdrawal: Withdrawal): {
    readonly kind: string;
    readonly send: (exchange: Exchange) => Promise<Result<Withdrawal>>;
  } {
    const { random } = this.#world;
    const { withdrawalNo, version } = withdrawal;
    const txId = `tx-${withdrawalNo}`;
    const networkCosts = [{ assetId: 2, amountMinor: `${random.between(1, 9)}` }];
    const userId = random.between(1, 4);
    const approval = this.#approval(withdrawal, userId);
    const steps = {
      requested: (exchange: Exchange) => exchange.withdrawals.confirm(withdrawalNo, 0),
      awaiting_approval: (exchange: Exchange) => exchange.withdrawals.approve(withdrawalNo, approval),
      approved: (exchange: Exchange) => exchange.withdrawals.sign(withdrawalNo, version, txId),
      signing: (exchange: Exchange) => exchange.withdrawals.sent(withdrawalNo, txId),
      broadcast: (exchange: Exchange) => exchange.withdrawals.settle(withdrawalNo, { txId, networkCosts }),
      canceled: (exchange: Exchange) => exchange.withdrawals.cancel(withdrawalNo, 'canceled_by_user'),
      failed: (exchange: Exchange) =>
        exchange.withdrawals.fail(withdrawalNo, { reason: 'reverted', networkCosts }),
      rejected: (exchange: Exchange) => exchange.withdrawals.reject(withdrawalNo, 'by hand', null),
      revised: (exchange: Exchange) =>
        exchange.withdrawals.revise(withdrawalNo, {
          userId: 9,
          note: 'edited',
          rule: { tier: 'edited', required: 1, treasurers: 0, approvers: null },
        }),
    };
    const isNext = isUnderWay(withdrawal.status) && withdrawal.status in steps && !random.oneIn(12);
    const status = isNext ? withdrawal.status : random.pick(Object.keys(steps));
    return { kind: `withdrawal ${status}`, send: steps[status as keyof typeof steps] };
  }

  #approval(withdrawal: Withdrawal, userId: number) {
    const asset = this.#tables.loadCatalog().assets.find(({ id }) => id === withdrawal.assetId)!;
    const payload = approvalPayload('approve', withdrawal, asset);
    const evidence = { payload, method: 'ed25519', keyId: 'k', publicKey: '', signature: '' } as const;
    return { userId, isTreasurer: userId === 1, evidence };
  }

  #mustBeDurable(told: Withdrawal): void {
    const stored = this.#tables.withdrawals.byNo.get(told.withdrawalNo);
    must(
      stored !== undefined && stored.eventNo >= told.eventNo,
      'acknowledged means durable',
      () => `withdrawal ${told.withdrawalNo} was told as ${told.status}, event ${told.eventNo}`,
    );
  }

  #ask(kind: string, send: (exchange: Exchange) => Promise<Result<unknown>>): void {
    const process = this.#process();
    if (process === undefined) return;
    const world = this.#world;
    let isAnswered = false;
    const answer = (code: string) => {
      if (isAnswered) return;
      isAnswered = true;
      this.#log.answered(kind, code);
      world.trace('answer', kind, code);
    };
    const timeout = world.schedule(this.#owner, PATIENCE_MS, () => answer('no_answer'));
    world.schedule(process.owner, world.random.fraction() * 3, () => {
      send(process.exchange).then(
        (result) => {
          world.schedule(this.#owner, 1, () => {
            world.cancel(timeout);
            answer(result.ok ? 'ok' : result.refusal.code);
          });
        },
        (error: unknown) => world.fail(error),
      );
    });
  }
}
