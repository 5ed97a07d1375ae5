import { type AnyStateMachine, initialTransition, transition } from 'xstate';

/**
 * Compiles a flat machine (no nesting, guards or context) to a lookup table: the machine stays the only definition,
 * and a step costs a map lookup instead of an interpreter.
 * XState answers an event that a state doesn't handle with the same state, silently; here it is undefined.
 */
export function compileLifecycle<State extends string, Event extends string>(
  machine: AnyStateMachine,
): (state: State, event: Event) => State | undefined {
  const table = new Map<string, Map<string, State>>();
  const [initial] = initialTransition(machine);
  for (const [name, node] of Object.entries(machine.states)) {
    const row = new Map<string, State>();
    for (const event of node.ownEvents) {
      const [after] = transition(machine, machine.resolveState({ value: name, context: initial.context }), {
        type: event,
      });
      row.set(event, after.value as State);
    }
    table.set(name, row);
  }
  return (state, event) => table.get(state)?.get(event);
}
