import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { mulberry32 } from '../../bench/harness/mulberry32.ts';
import { percentile } from '../../bench/harness/statistics.ts';
import { writeLogFile } from '../../src/cli/log-file.ts';
import { createPool } from '../../src/db/pool.ts';
import { readLog } from '../../src/db/replay-source.ts';
import { ClientRecord } from '../support/client-record.ts';
import { signUpTraders } from '../support/traders.ts';
import { brokenInvariants } from '../support/verified.ts';
import { REAL_FAULTS, type RealFault } from './faults.ts';
import { Load } from './load.ts';
import { Machine } from './machine.ts';

/**
 * Tortures a real exchange on a real PostgreSQL under load, and holds what its clients were told against the database:
 * `npm run torture -- --minutes 10 [--seed 1] [--export FILE]`. Ends with 1 when something was lost, doubled or wrong.
 */

const TRADERS = 6;
/** Acknowledgements after which the exchange counts as recovered. */
const RECOVERED_AFTER = 20;
const RECOVERY_LIMIT_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    /** Where the message log goes to in the end. */
    export: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run torture -- --minutes M [--seed S]');
  process.exit(2);
}
const random = mulberry32(seed);
console.log(`seed ${seed}, ${minutes} minutes`);

const machine = await Machine.start();
// A disk that is mounted and a PostgreSQL would outlive this process.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    void machine.stop().finally(() => process.exit(130));
  });
}
if (machine.disk === undefined)
  console.log(
    'no disk of its own could be mounted (that takes root): a full one is only injected on the wire',
  );
const wrong: string[] = [];
const recoveriesMs: number[] = [];
const survived = new Map<string, number>();
const pool = await createPool(machine.databaseUrl, { maximumPoolSize: 2, applicationName: 'torture' });
const record = new ClientRecord();
try {
  const logins = await signUpTraders(machine.server.url, pool, TRADERS);
  const load = new Load(logins, () => machine.server.url, record);
  await record.more(100);
  const untilMs = performance.now() + minutes * 60_000;
  // Every kind once before any twice.
  const possible = REAL_FAULTS.filter(({ needsDisk }) => needsDisk !== true || machine.disk !== undefined);
  let waiting: RealFault[] = [];
  while (performance.now() < untilMs) {
    await delay(500 + random() * 2_500);
    if (waiting.length === 0) waiting = [...possible];
    const [fault] = waiting.splice(Math.floor(random() * waiting.length), 1);
    await fault!.strike(machine, random);
    const overMs = performance.now();
    const isBack = await Promise.race([
      record.more(RECOVERED_AFTER).then(() => true),
      delay(RECOVERY_LIMIT_MS, false, { ref: false }),
    ]);
    const tookMs = performance.now() - overMs;
    if (!isBack)
      throw new Error(`after "${fault!.name}" nothing was acknowledged for ${RECOVERY_LIMIT_MS} ms`);
    recoveriesMs.push(tookMs);
    survived.set(fault!.name, (survived.get(fault!.name) ?? 0) + 1);
    console.log(`${fault!.name}: back after ${tookMs.toFixed(0)} ms, ${record.acknowledged} acknowledged`);
  }
  await load.stop();
} catch (error) {
  wrong.push(String((error as Error).stack ?? error));
}
try {
  // Whatever is under way is done once the exchange has ended in good order.
  await machine.server.kill('SIGTERM');
  wrong.push(
    ...(await record.contradictions(pool)),
    ...(await brokenInvariants(pool)).map((broken) => JSON.stringify(broken)),
  );
} catch (error) {
  wrong.push(String((error as Error).stack ?? error));
}
if (values.export !== undefined) await writeLogFile(values.export, readLog(pool));
await pool.end();
await machine.stop();

const lost = wrong.filter((line) => / is gone$/.test(line)).length;
const doubled = wrong.filter((line) => /twice$/.test(line)).length;
console.log('');
for (const [name, count] of survived) console.log(`${String(count).padStart(6)} ${name}`);
console.log(`${recoveriesMs.length} faults survived`);
console.log(
  `${record.acknowledged} acknowledged, ${record.tradeCount} trades and ${record.frameCount} frames told`,
);
console.log(`lost ${lost}, duplicated ${doubled}`);
if (recoveriesMs.length > 0)
  console.log(
    `back after p50 ${percentile(recoveriesMs, 0.5).toFixed(0)} ms, max ${Math.max(...recoveriesMs).toFixed(0)} ms`,
  );
if (wrong.length === 0) console.log('verify and replay pass');
else {
  console.log(`${wrong.length} things are wrong:`);
  for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
}
process.exit(wrong.length === 0 ? 0 : 1);
