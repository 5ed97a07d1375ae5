import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { startTrading } from '../trading.ts';

const VERIFIER = fileURLToPath(new URL('../../../ops/verify-liability.mjs', import.meta.url));

test('a customer checks his part of what the exchange owes, against the root that everybody sees', async (t) => {
  const { operatorWith, trader, request } = await startTrading(t);
  const alice = await trader({ BTC: '1.5', USDT: '1000' });
  await trader({ BTC: '0.25' });
  const poor = await trader();
  await alice.limit('buy', '10', '1');
  t.is((await request('GET', '/v1/liabilities')).status, 404, 'none was made');
  t.is((await (await operatorWith('support')).post('/v1/admin/liabilities')).body.code, 'forbidden');
  t.is((await (await operatorWith('treasurer')).post('/v1/admin/liabilities')).status, 201);

  const root = (await request('GET', '/v1/liabilities')).body;
  t.deepEqual(root.totals, ['175000000', '0', '1000000000'], 'what orders hold is owed as well');
  const proof = (await alice.get('/v1/me/liability-proof')).body;
  t.is((await poor.get('/v1/me/liability-proof')).status, 404);

  const folder = await mkdtemp(join(tmpdir(), 'liability-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const check = async (file: object) => {
    const [proofFile, rootFile] = [join(folder, 'proof.json'), join(folder, 'root.json')];
    await writeFile(proofFile, JSON.stringify(file));
    await writeFile(rootFile, JSON.stringify(root));
    return promisify(execFile)(process.execPath, [VERIFIER, proofFile, rootFile]);
  };
  await t.notThrowsAsync(check(proof));
  const less = proof.amounts.with(0, '149999999');
  await t.throwsAsync(
    check({ ...proof, amounts: less }),
    undefined,
    'a satoshi less is not what was published',
  );
});
