import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { readKey, writeNewKey } from '../approver-key-file.ts';
import type { CommandContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import type { ExchangeApi } from '../exchange-api.ts';

/** Makes an operator's key. @throws {CliError} `key_file_exists` */
export async function newApproverKey(context: CommandContext, { out }: { readonly out: string }) {
  const publicKey = await writeNewKey(out);
  context.output.print(`written to ${out}; its public key is ${publicKey}`, { file: out, publicKey });
}

export interface RegisterOptions {
  readonly key: string;
  readonly name: string;
  /** Of the operator's authenticator: who has a second factor has to show it. */
  readonly code?: string;
}

/** Tells the exchange an operator's public key. @throws {CliError} `invalid_key_file`, or with the exchange's code */
export async function registerApproverKey(
  context: CommandContext,
  { key: path, name, code }: RegisterOptions,
): Promise<void> {
  const key = await readKey(path);
  const api = await context.operatorApi();
  if (code !== undefined) await api.request('POST', '/v1/auth/step-up', { code });
  const { userId } = await api.request<{ userId: string }>('GET', '/v1/me');
  const { publicKey } = key;
  const proof = key.signText(`bourse.approver-key.v1 ${userId} ${publicKey}`);
  const request = { name, publicKey, proof };
  const added = await api.request<{ id: string }>('POST', '/v1/admin/approver-keys', request);
  context.output.print(`${added.id}: ${publicKey} approves for user ${userId}`, { ...added, userId });
}

export interface DecideOptions {
  readonly key: string;
  readonly reason?: string;
  /** Signs without asking. */
  readonly yes?: boolean;
}

interface Shown {
  readonly payload: string;
  readonly payloadHash: string;
  readonly rejectPayload: string;
  readonly rejectPayloadHash: string;
}

/**
 * Shows what is signed, asks, signs it and sends the signature. The hash is made here of what was shown: the exchange can't have
 * something else signed.
 * @throws {CliError} `not_confirmed`, `approver_key_not_found`, `approval_mismatch`, `invalid_key_file`, or with the exchange's code
 */
export async function decide(
  context: CommandContext,
  decision: 'approve' | 'reject',
  id: string,
  { key: path, reason, yes }: DecideOptions,
): Promise<void> {
  const key = await readKey(path);
  const api = await context.operatorApi();
  const route = `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  const shown = await api.request<Shown>('GET', route);
  const payload = decision === 'approve' ? shown.payload : shown.rejectPayload;
  const payloadHash = createHash('sha256').update(payload, 'utf8').digest('base64url');
  const subject = JSON.parse(payload) as { withdrawal?: unknown; decision?: unknown };
  if (String(subject.withdrawal) !== id || subject.decision !== decision)
    throw new CliError('approval_mismatch', `The exchange gave the payload of something else: ${payload}`);
  const keyId = await idOf(api, key.publicKey);
  context.output.note(`To be signed, SHA-256 ${payloadHash}:\n${JSON.stringify(subject, undefined, 2)}`);
  if (yes !== true) await confirm(decision);
  const { withdrawal } = await api.request<{ withdrawal: { status: string; approvals: Count } }>(
    'POST',
    `${route}/${decision}`,
    {
      payloadHash,
      signature: { keyId, signature: key.signText(payload) },
      ...(decision === 'reject' ? { reason } : {}),
    },
  );
  const { given, required } = withdrawal.approvals;
  const counted = decision === 'approve' ? `, ${given} of ${required} approvals` : '';
  context.output.print(`${id}  ${withdrawal.status}${counted}`, { withdrawal, payload, payloadHash });
}

interface Count {
  readonly given: number;
  readonly required: number;
}

async function idOf(api: ExchangeApi, publicKey: string): Promise<string> {
  const { items } = await api.request<{ items: readonly { id: string; publicKey: string }[] }>(
    'GET',
    '/v1/admin/approver-keys',
  );
  const own = items.find((one) => one.publicKey === publicKey);
  if (own !== undefined) return own.id;
  throw new CliError(
    'approver_key_not_found',
    'The operator has not registered this key: bourse approver-key register, --as says for whom.',
  );
}

async function confirm(decision: string): Promise<void> {
  if (process.stdin.isTTY !== true)
    throw new CliError(
      'not_confirmed',
      'Nobody is there to be asked: look at it, then give --yes.',
      EXIT.usage,
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if ((await lines.question(`Type ${decision} to sign: `)).trim() === decision) return;
  } finally {
    lines.close();
  }
  throw new CliError('not_confirmed', 'Nothing was signed.');
}
