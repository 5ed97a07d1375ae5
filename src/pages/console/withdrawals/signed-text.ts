import type { Decision } from '../../../domain/withdrawals/approval-payload.ts';
import type { WithdrawalInFull } from './types.ts';

/**
 * The hash that a decision signs, once it is sure that it is of the text that is shown, and that the text says what is shown
 * beside it; undefined: it isn't, and nothing may be signed.
 */
export async function hashToSign(
  { withdrawal: one, payload, payloadHash, rejectPayload, rejectPayloadHash }: WithdrawalInFull,
  decision: Decision,
): Promise<string | undefined> {
  const [text, hash] = decision === 'approve' ? [payload, payloadHash] : [rejectPayload, rejectPayloadHash];
  const said = JSON.parse(text);
  const isShown =
    said.decision === decision &&
    String(said.withdrawal) === one.id &&
    String(said.account) === one.account &&
    said.asset === one.asset &&
    said.network === one.network &&
    said.address === one.address &&
    said.amount === one.amount &&
    said.fee === one.fee &&
    said.version === one.version;
  return isShown && (await sha256(text)) === hash ? hash : undefined;
}

/** As base64url. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const bytes = String.fromCharCode(...new Uint8Array(digest));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
