import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { replayRecorded } from './recorded.ts';

/** A change of behaviour is seen here; when it is meant, `node test/simulation/record.ts` writes down the new one. */

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const names = await readdir(FIXTURES);

for (const name of names.filter((file) => file.endsWith('.jsonl.gz'))) {
  test(`a recorded log leads to what it led to: ${name}`, async (t) => {
    const base = FIXTURES + name.replace('.jsonl.gz', '');
    const { outcome, steps } = await replayRecorded(FIXTURES + name);
    const isTold = names.includes(name.replace('.jsonl.gz', '.steps.txt'));
    if (isTold) t.deepEqual(steps.split('\n'), (await readFile(`${base}.steps.txt`, 'utf8')).split('\n'));
    t.deepEqual(outcome, JSON.parse(await readFile(`${base}.outcome.json`, 'utf8')));
  });
}
