import { parseArgs } from 'node:util';
import type { BenchModule } from './harness/bench.ts';
import { printJson, printTable } from './harness/print.ts';
import { respawnWith } from './harness/respawn.ts';

/** One line a benchmark: its name and its module. */
const benches: Readonly<Record<string, () => Promise<BenchModule>>> = {
  engine: () => import('./engine.ts'),
  conformance: () => import('./conformance.ts'),
  commit: () => import('./commit.ts'),
  orders: () => import('./orders/orders.ts'),
  feed: () => import('./feed/feed.ts'),
  recovery: () => import('./recovery.ts'),
  growth: () => import('./growth.ts'),
  cascade: () => import('./cascade.ts'),
  monitor: () => import('./monitor.ts'),
  limits: () => import('./limits.ts'),
};

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const [name, ...args] = positionals;
const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  console.error(
    `usage: npm run bench -- <name> [--json] [arguments]\nnames: ${Object.keys(benches).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const bench = await load();
  if (!respawnWith(bench.nodeFlags ?? [])) {
    const figures = await bench.run({ args, log: (line) => console.error(line) });
    if (values.json === true) printJson(figures);
    else printTable(figures);
  }
}
