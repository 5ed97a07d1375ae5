import { assert } from '../../domain/assert.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Market } from '../../domain/markets/market.ts';
import { accept, type Result, refuse } from '../../domain/rejection.ts';
import type { Ledger } from '../../domain/settlement.ts';
import type { WithdrawalStep } from '../../domain/withdrawals/desk.ts';
import type { DeskState } from '../../domain/withdrawals/desk-state.ts';
import type { AccountMessage } from '../account-messages.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ActorRef } from '../actor.ts';
import type { AdministrationMessage } from '../administration.ts';
import type { CountdownMessage } from '../countdowns.ts';
import type { Reply } from '../effects.ts';
import type { Feed } from '../feed/feed.ts';
import type { MarketMessage } from '../market-messages.ts';
import type { EventStream } from '../ports.ts';
import type { Replies } from '../replies.ts';
import type { Desk } from '../withdrawals/desk-actor.ts';

/** Whether commands are let in. `failed`: nothing can be committed any more. */
export interface GateState {
  phase: 'running' | 'stopping' | 'failed';
  ledgerAvailable: boolean;
}

export interface GateOptions {
  readonly state: GateState;
  readonly backlog: () => number;
  readonly maxBacklog: number;
  readonly replies: Replies;
  readonly accounts: Accounts;
  readonly administration: ActorRef<AdministrationMessage>;
  readonly countdowns: ActorRef<CountdownMessage>;
  readonly desk: Desk;
  readonly withdrawalEvents: EventStream<WithdrawalStep>;
  readonly deskStates: EventStream<DeskState>;
  readonly ledger: Ledger;
  readonly catalog: () => Catalog;
  readonly market: (marketId: number) => ActorRef<MarketMessage> | undefined;
  readonly feed: (marketId: number) => Feed | undefined;
  readonly now: () => number;
}

export type Answered<Type extends Reply['type']> = Extract<Reply, { type: Type }>;

/** How the gate's parts ask actors. */
export interface Asking {
  readonly options: GateOptions;
  /** Sends a message and waits for one of these answers; a refusal where commands aren't let in or none comes in time. */
  ask<Type extends Reply['type']>(
    send: (replyTo: number) => void,
    ...types: readonly Type[]
  ): Promise<Result<Answered<Type>>>;
  askAccount<Type extends Reply['type']>(
    accountId: number,
    message: (replyTo: number) => AccountMessage,
    ...types: readonly Type[]
  ): Promise<Result<Answered<Type>>>;
  marketNamed(symbol: string): Result<Market>;
}

export function createAsking(options: GateOptions): Asking {
  const { state, replies, accounts, catalog } = options;

  /** Why no command is let in at the moment; undefined when it is. */
  function closed(): Result<never> | undefined {
    if (state.phase !== 'running') return refuse('exchange_stopped', 'The exchange is not taking commands.');
    if (options.backlog() > options.maxBacklog) {
      return refuse('exchange_overloaded', 'Too many commands wait for the database; try again later.');
    }
    return undefined;
  }

  async function ask<Type extends Reply['type']>(
    send: (replyTo: number) => void,
    ...types: readonly Type[]
  ): Promise<Result<Answered<Type>>> {
    const refusal = closed();
    if (refusal !== undefined) return refusal;
    const { replyTo, reply } = replies.expect();
    send(replyTo);
    const answer = await reply;
    if (answer === undefined) {
      return refuse(
        'outcome_unknown',
        'The command may or may not be carried out; send it again with the same id.',
      );
    }
    if (answer.type === 'refused') return { ok: false, refusal: answer.refusal };
    assert((types as readonly string[]).includes(answer.type), 'an actor answers what it was asked');
    return accept(answer as Answered<Type>);
  }

  const askAccount = <Type extends Reply['type']>(
    accountId: number,
    message: (replyTo: number) => AccountMessage,
    ...types: readonly Type[]
  ) => ask((replyTo) => accounts.tell(accountId, message(replyTo)), ...types);

  function marketNamed(symbol: string): Result<Market> {
    const market = catalog().market(symbol);
    return market === undefined ? refuse('market_not_found', 'There is no such market.') : accept(market);
  }

  return { options, ask, askAccount, marketNamed };
}
