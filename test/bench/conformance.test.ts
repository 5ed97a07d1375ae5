import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { replayFlow } from '../../bench/book/report-stream.ts';
import { FLOW_FILE, PUBLISHED_SHA256 } from '../../bench/conformance.ts';

const file = process.env.FLOW_FILE ?? fileURLToPath(FLOW_FILE);

test('the report stream of the public benchmark flow has the published hash', async (t) => {
  if (!existsSync(file)) {
    t.log(`skipped: there is no flow file ${file}; name one in FLOW_FILE`);
    t.pass();
    return;
  }
  t.is((await replayFlow(file)).sha256, PUBLISHED_SHA256);
});
