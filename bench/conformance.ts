import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replayFlow } from './book/report-stream.ts';
import type { BenchOptions } from './harness/bench.ts';
import { alone, type Figure } from './harness/figure.ts';

/** Of the whole report stream, as the authors of the benchmark publish it. */
export const PUBLISHED_SHA256 = '9803843ee404fc29c9a0aa5614f8f0d5a58b5c44fcac9ef89067886fcaaa30d1';
/** Where the flow is looked for. It is not part of the project. */
export const FLOW_FILE = new URL('../../shared/data/meb-static-seed23.txt.gz', import.meta.url);

/**
 * Replays the static scenario, seed 23, of the public matching engine benchmark (flash1-dev/matching-engine-benchmark)
 * through the book and compares the SHA-256 of the report stream with the one that its authors published.
 */
export async function run({ args, log }: BenchOptions): Promise<Figure[]> {
  const given = args[0] ?? process.env.FLOW_FILE;
  const file = given === undefined ? fileURLToPath(FLOW_FILE) : resolve(given);
  if (!existsSync(file)) {
    log(`conformance: skipped, there is no flow file ${file} (name one as an argument or in FLOW_FILE)`);
    return [];
  }
  const { sha256, commands, trades, mostResting } = await replayFlow(file);
  const same = sha256 === PUBLISHED_SHA256;
  log(`report stream SHA-256 ${sha256}`);
  log(`published     SHA-256 ${PUBLISHED_SHA256}: ${same ? 'the same' : 'DIFFERENT'}`);
  if (!same) process.exitCode = 1;
  return [
    alone({ name: 'conformance', value: same ? 1 : 0, unit: 'matches the published hash' }),
    alone({ name: 'conformance commands', value: commands, unit: 'commands' }),
    alone({ name: 'conformance trades', value: trades, unit: 'trades' }),
    alone({ name: 'conformance most resting', value: mostResting, unit: 'orders' }),
  ];
}
