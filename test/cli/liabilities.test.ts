import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { startTestExchange } from '../support/running-exchange.ts';
import { bourse } from './run.ts';

const run = promisify(execFile);
const VERIFIER = join(import.meta.dirname, '../../ops/verify-liability.mjs');

test('liabilities of a running exchange are proved, and checked by the verifier alone', async (t) => {
  const { config } = await startTestExchange(t);
  for (const email of ['ada@example.com', 'bob@example.com', 'eve@example.com']) {
    t.is((await bourse(config, ['user', 'add', email])).exitCode, 0);
    t.is((await bourse(config, ['credit', email, 'USDT', '1000.5'])).exitCode, 0);
  }
  const folder = await mkdtemp(join(tmpdir(), 'bourse-liabilities-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const out = join(folder, 'newest');
  const proved = await bourse(config, ['prove-liabilities', '--out', out, '--json']);
  t.is(proved.exitCode, 0, proved.stderr);
  const root = join(out, 'root.json');
  const { assets, totals } = JSON.parse(await readFile(root, 'utf8'));
  const usdt = assets.findIndex(([symbol]: [string]) => symbol === 'USDT');
  t.is(BigInt(totals[usdt]), 30015n * 10n ** BigInt(assets[usdt][1] - 1));

  const proofs = (await readdir(join(out, 'proofs'))).map((name) => join(out, 'proofs', name));
  t.is(proofs.length, 3);
  for (const proof of proofs)
    t.regex(
      (await run(process.execPath, [VERIFIER, proof, root])).stdout,
      /^Good.*\n.*\n[\s\S]*1000\.50* USDT/,
    );
  await t.throwsAsync(run(process.execPath, [VERIFIER, root, root]), { message: /Not good/ });

  const again = await bourse(config, ['prove-liabilities', '--out', out, '--json']);
  t.is(JSON.parse(again.stderr).error.code, 'directory_exists');
});
