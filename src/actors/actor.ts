import { type ActorSystemRef, dispatch, type Ref, spawn, start, stop } from 'nact';

/**
 * The only place that knows nact. It adds what nact's types leave out: a reference that only takes its actor's
 * messages, and a crash policy that has to be chosen.
 */

declare const messageType: unique symbol;

/** An address to which messages of one type can be sent. */
export interface ActorRef<Message> {
  readonly [messageType]?: (message: Message) => void;
  readonly name: string;
}

/** A set of actors that stop together. */
export interface ActorSystem {
  readonly root: ParentRef;
  stop(): void;
}

/** Something under which an actor can be spawned. */
export type ParentRef = ActorSystemRef | ActorRef<never>;

/** What happens to a message whose handler threw; the actor goes on with the next one once it resolves. */
export type CrashPolicy<Message> = (message: Message, error: unknown) => void | Promise<void>;

/** Starts an empty system. */
export function createActorSystem(): ActorSystem {
  const system = start();
  return { root: system, stop: () => stop(system as Ref<unknown>) };
}

/**
 * Spawns an actor. It handles one message at a time, also while a handler that returned a promise waits.
 * State lives in the handler's closure: nact's own state, reset and resume would keep a half-made change, so
 * `onCrash` has to put the closure right (or stop the exchange) before the next message comes.
 */
export function spawnActor<Message>(
  parent: ParentRef,
  name: string,
  handle: (message: Message) => void | Promise<void>,
  onCrash: CrashPolicy<Message>,
): ActorRef<Message> {
  return spawn(
    parent as Ref<unknown>,
    (_state: undefined, message: Message) => handle(message) as undefined,
    name,
    {
      onCrash: async (message, error, context) => {
        await onCrash(message as Message, error);
        return context.resume;
      },
    },
  ) as unknown as ActorRef<Message>;
}

/** Sends a message and goes on. Messages from one sender to one actor arrive in order. */
export function tell<Message>(actor: ActorRef<Message>, message: Message): void {
  dispatch(actor as unknown as Ref<Message>, message);
}
