import { post } from './request.ts';

/** What a passkey signs, as the API takes it. @throws DOMException when nothing was signed */
export async function signWithPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return credential.toJSON();
}

/** Makes a passkey, as the API takes it. */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return credential.toJSON();
}

/** A second factor for what takes one now: a passkey's signature over a question of this session. */
export async function stepUpAssertion(): Promise<unknown> {
  return signWithPasskey(await post('/v1/auth/step-up/options'));
}

/** Whether somebody closed the dialog, or has no such passkey. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}
