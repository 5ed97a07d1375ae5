import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import { marketMachine } from '../src/domain/markets/market-machine.ts';
import { orderMachine } from '../src/domain/orders/order-machine.ts';
import { withdrawalMachine } from '../src/domain/withdrawals/withdrawal-machine.ts';

/** `npm run draw`: writes docs/lifecycles.md from the machines themselves. A test holds that it is up to date. */

export const LIFECYCLES_FILE = resolve(import.meta.dirname, '../docs/lifecycles.md');

const MACHINES: readonly (readonly [title: string, text: string, machine: AnyStateMachine])[] = [
  [
    'Order',
    'Every change of an order’s status goes through this machine’s table. `amended` keeps the status, ' +
      '`refused` ends an order that may not even begin (post-only that would take).',
    orderMachine,
  ],
  [
    'Market',
    '`open` takes everything, `post_only` orders that rest, `cancel_only` and `halted` only cancels. ' +
      'Operators move a market while it runs; a status that is there already changes nothing.',
    marketMachine,
  ],
  [
    'Withdrawal',
    'Until `signed` its funds are locked in the owner’s wallet, from then on they are on their way out. `cleared` is `released` ' +
      'where nobody has to approve; `revised` is an edit, which voids the approvals.',
    withdrawalMachine,
  ],
];

export function drawLifecycles(): string {
  const sections = MACHINES.map(
    ([title, text, machine]) => `## ${title}\n\n${text}\n\n\`\`\`mermaid\n${diagram(machine)}\n\`\`\`\n`,
  );
  return `# Lifecycles\n\nDrawn from the XState machines in \`src/domain\` by \`npm run draw\`.\n\n${sections.join('\n')}`;
}

function diagram(machine: AnyStateMachine): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${String(machine.config.initial)}`];
  for (const [name, node] of Object.entries(machine.states)) {
    for (const [event, transitions] of node.transitions) {
      for (const { target } of transitions) {
        lines.push(`  ${name} --> ${target?.[0]?.key ?? name}: ${event}`);
      }
    }
    if (node.type === 'final') lines.push(`  ${name} --> [*]`);
  }
  return lines.join('\n');
}

if (import.meta.main) writeFileSync(LIFECYCLES_FILE, drawLifecycles());
