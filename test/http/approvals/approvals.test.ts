import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'slonik';
import type { Config } from '../../../src/config.ts';
import { createApprovalCheck } from '../../../src/custody/payments/check-approvals.ts';
import { findWithdrawalByNo } from '../../../src/db/withdrawals-read.ts';
import { payloadHash } from '../../../src/signatures/approval-evidence.ts';
import { relyingPartyOf } from '../../../src/signatures/relying-party.ts';
import { bourse } from '../../cli/run.ts';
import { createAuthenticator } from '../../support/authenticator.ts';
import { until } from '../../support/custody.ts';
import { createDataDirectory } from '../../support/database.ts';
import { PASSWORD, PUBLIC_URL } from '../gateway.ts';
import type { Trader } from '../trading.ts';
import { type Customer, outside, startWithdrawing, type Withdrawing } from '../withdrawals/customers.ts';

interface Signer {
  readonly who: Trader;
  readonly keyId: string;
  readonly publicKey: string;
  signed(hash: string): { signature: { keyId: string; signature: string } };
}

function signedBy(privateKey: KeyObject, hash: Buffer): string {
  return sign(null, hash, privateKey).toString('base64url');
}

async function signer({ operatorWith }: Withdrawing, role: 'risk' | 'treasurer' | 'admin'): Promise<Signer> {
  const who = await operatorWith(role);
  const { publicKey: key, privateKey } = generateKeyPairSync('ed25519');
  const publicKey = key.export({ format: 'jwk' }).x!;
  const proof = signedBy(privateKey, payloadHash(`bourse.approver-key.v1 ${who.userId} ${publicKey}`));
  const { body } = await who.post('/v1/admin/approver-keys', { name: 'desk', publicKey, proof });
  return {
    who,
    keyId: body.id,
    publicKey,
    signed: (hash) => ({
      signature: { keyId: body.id, signature: signedBy(privateKey, Buffer.from(hash, 'base64url')) },
    }),
  };
}

/** Asked for and confirmed: it waits for approvals. */
async function waiting(customer: Customer, amount = '1500'): Promise<string> {
  const { body } = await customer.withdraw({ asset: 'USDT', amount, address: outside() });
  const { id } = body.withdrawal;
  await customer.send('POST', `/v1/withdrawals/${id}/confirm`, { code: customer.nextCode() });
  return id;
}

async function hashOf({ who }: Signer, id: string): Promise<string> {
  return (await who.get(`/v1/admin/withdrawals/${id}`)).body.payloadHash;
}

async function approve(by: Signer, id: string, hash?: string, signed?: object) {
  const payloadHash = hash ?? (await hashOf(by, id));
  const given = signed ?? by.signed(payloadHash);
  return by.who.post(`/v1/admin/withdrawals/${id}/approve`, { payloadHash, ...given });
}

test('approvals count by different people with their own keys, over what the withdrawal is now', async (t) => {
  const trading = await startWithdrawing(t, { USDT: '9000' });
  const ada = trading.customers[0]!;
  const [risk, treasurer, admin] = [
    await signer(trading, 'risk'),
    await signer(trading, 'treasurer'),
    await signer(trading, 'admin'),
  ];
  const id = await waiting(ada);
  const hash = await hashOf(risk, id);

  t.is((await approve(risk, id, hash, treasurer.signed(hash))).body.code, 'invalid_signature', 'not his');
  t.is((await approve(risk, id, hash, risk.signed('A'.repeat(43)))).body.code, 'invalid_signature');
  t.is((await approve(risk, id, 'A'.repeat(43), risk.signed(hash))).body.code, 'approval_mismatch');
  const customers = await ada.send('POST', `/v1/admin/withdrawals/${id}/approve`, {
    payloadHash: hash,
    ...risk.signed(hash),
  });
  t.is(customers.status, 403);
  const first = await approve(risk, id, hash);
  t.like(first.body.withdrawal, { status: 'awaiting_approval', approvals: { given: 1, required: 2 } });
  t.is((await approve(risk, id, hash)).body.code, 'approval_repeated');

  const revised = await admin.who.post(`/v1/admin/withdrawals/${id}/revise`, {
    note: 'more time',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  t.like(revised.body.withdrawal, { version: 2, approvals: { given: 0 } });
  t.is((await approve(treasurer, id, hash)).body.code, 'approval_mismatch', 'of the version before');
  await risk.who.delete(`/v1/admin/approver-keys/${risk.keyId}`);
  t.is((await approve(risk, id)).body.code, 'invalid_signature', 'the key is gone');

  await admin.who.post('/v1/admin/withdrawals/pause', { reason: 'a drill' });
  const authenticator = createAuthenticator({ origin: PUBLIC_URL });
  const { body: toMake } = await treasurer.who.post('/v1/me/passkeys/options', { password: PASSWORD });
  const made = { name: 'phone', attestation: authenticator.make(toMake) };
  const token = (await treasurer.who.post('/v1/me/passkeys', made)).body.session.accessToken;
  const post = (path: string, body: unknown) =>
    trading.request('POST', `/v1/admin/withdrawals/${id}/${path}`, { token, body });
  const now = await hashOf(admin, id);
  const forReject = authenticator.sign((await post('approval-options', { decision: 'reject' })).body);
  t.is((await post('approve', { payloadHash: now, passkey: forReject })).body.code, 'invalid_passkey');
  const passkey = authenticator.sign((await post('approval-options', { decision: 'approve' })).body);
  t.is((await post('approve', { payloadHash: now, passkey })).body.withdrawal.approvals.given, 1);
  const other = await waiting(ada, '1600').catch(() => undefined);
  t.is(other, undefined, 'none is asked for while they are paused');
  t.is((await approve(admin, id)).body.withdrawal.status, 'approved');
  await admin.who.post('/v1/admin/withdrawals/resume');

  // The gateway's clock was moved on, the exchange's can't be: the keys would be younger than what they approved.
  await trading.pool.query(sql.unsafe`update approver_keys set added_at_ms = 0`);
  await trading.pool.query(sql.unsafe`update passkeys set created_at_ms = 0`);
  const withdrawal = (await findWithdrawalByNo(trading.pool, Number(id)))!;
  const check = createApprovalCheck({
    pool: trading.pool,
    catalog: trading.exchange.catalog,
    relyingParty: relyingPartyOf(PUBLIC_URL),
  });
  const { address, amountMinor } = withdrawal;
  const pays = { asset: 'USDT', address, amountMinor };
  t.deepEqual(await check(withdrawal, pays), { ok: true, value: undefined });
  t.false((await check(withdrawal, { ...pays, address: outside(9) })).ok, 'another address');
  t.false((await check(withdrawal, { ...pays, amountMinor: amountMinor + 1n })).ok, 'another amount');
  t.false((await check({ ...withdrawal, rule: { ...withdrawal.rule, required: 1 } }, pays)).ok);
  t.false(
    (await check({ ...withdrawal, rule: { ...withdrawal.rule, required: 0 } }, pays)).ok,
    'it was approved',
  );
  const role = (name: string) =>
    trading.pool.query(sql.unsafe`update users set role = ${name} where id = ${Number(admin.who.userId)}`);
  await role('viewer');
  t.false((await check(withdrawal, pays)).ok, 'he may not approve any more');
  await role('admin');
  t.true((await check(withdrawal, pays)).ok);

  await until(async () => {
    await trading.chain.mine();
    return (await findWithdrawalByNo(trading.pool, Number(id)))!.status === 'confirmed';
  });
  trading.clock.nowMs += 11 * 60 * 1000;
  const path = `/v1/admin/approver-keys/${treasurer.keyId}`;
  t.is((await trading.request('DELETE', path, { token })).body.code, 'step_up_required', 'shown long ago');
  const config = { databaseUrl: trading.databaseUrl, publicUrl: PUBLIC_URL, jwtSecrets: ['s'.repeat(40)] };
  const run = (...args: string[]) => bourse(config as unknown as Config, ['verify-approvals', ...args]);
  const proved = await run();
  t.is(proved.exitCode, 0, proved.stdout + proved.stderr);
  t.regex(proved.stdout, /^ok {4}1: 1500 USDT to /);
  const directory = await createDataDirectory(t);
  const file = join(directory, 'approvals.jsonl');
  t.is((await run('--export', file)).exitCode, 0);
  t.is((await run('--import', file)).exitCode, 0);
  const text = await readFile(file, 'utf8');
  const faulty = join(directory, 'faulty.jsonl');
  const faults: readonly [RegExp | string, string][] = [
    [`"address":"${address}"`, `"address":"${outside(9)}"`],
    ['"amountMinor":"1500000000"', '"amountMinor":"1500000001"'],
    ['"paidMinor":"1500000000"', '"paidMinor":"1500000001"'],
    ['"required":2', '"required":1'],
    ['"required":2', '"required":0'],
    ['"type":"approved","userId":', '"type":"approved","userId":1'],
  ];
  for (const [from, to] of faults) {
    const changed = text.replace(from, to);
    t.not(changed, text, String(from));
    await writeFile(faulty, changed);
    const result = await run('--import', faulty);
    t.is(result.exitCode, 1, `${from}: ${result.stdout}`);
    t.regex(result.stderr, /approvals_not_good/);
  }
  const keys = join(directory, 'keys.json');
  await writeFile(
    keys,
    JSON.stringify([{ userId: Number(admin.who.userId), method: 'ed25519', publicKey: admin.publicKey }]),
  );
  const few = await run('--import', file, '--keys', keys, '--json');
  t.is(few.exitCode, 1);
  t.regex(few.stdout, /not known as his.*1 good approvals of 2/);
  await writeFile(faulty, 'nonsense');
  t.is((await run('--import', faulty)).exitCode, 2);
  t.is((await run('--withdrawal', '9')).exitCode, 1);
});

test('of approvals that race exactly as many count as the rule asks for; a reject gives the funds back', async (t) => {
  const trading = await startWithdrawing(t, { USDT: '9000' });
  const ada = trading.customers[0]!;
  const all = [];
  for (const role of ['risk', 'risk', 'treasurer', 'treasurer', 'admin'] as const)
    all.push(await signer(trading, role));
  const id = await waiting(ada);
  const replies = await Promise.all(all.map((one) => approve(one, id)));
  t.is(replies.filter(({ status }) => status === 200).length, 2);
  const events = await trading.pool.anyFirst(sql.unsafe`
    select type from withdrawal_events where withdrawal_no = ${Number(id)} and type in ('endorsed', 'approved')`);
  t.is(events.length, 2);

  const second = await waiting(ada, '1200');
  const { rejectPayloadHash: hash } = (await all[0]!.who.get(`/v1/admin/withdrawals/${second}`)).body;
  const rejected = await all[0]!.who.post(`/v1/admin/withdrawals/${second}/reject`, {
    payloadHash: hash,
    reason: 'a scam',
    ...all[0]!.signed(hash),
  });
  t.is(rejected.body.withdrawal.status, 'rejected');
  t.is((await approve(all[1]!, second)).body.code, 'withdrawal_not_open');
});
