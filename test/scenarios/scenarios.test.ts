import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { play } from './run.ts';
import { readScenarios } from './scenario.ts';

/** Every scenario of the folder: one test each, played once straight through and once with a restart after every step. */

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));

for (const file of files) {
  const json: unknown = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
  for (const scenario of readScenarios(file, json)) {
    test(`${file.replace('.json', '')}: ${scenario.title}`, (t) => {
      for (const restarts of [false, true]) {
        play(scenario, {
          restarts,
          compare: (actual, expected, where) => t.deepEqual(actual, expected, where),
        });
      }
    });
  }
}
