import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import type { PasskeyTransport } from '../domain/passkeys.ts';
import type { RelyingParty } from './relying-party.ts';

/** What a browser answers when a passkey signs; base64url. */
export interface Assertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | null | undefined;
  };
}

/** What a browser answers when a passkey is made; base64url. */
export interface Attestation {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly PasskeyTransport[];
  };
}

/** Why one was not good, for the audit log; who showed it is not told. */
export type WebAuthnRefusal =
  | 'malformed'
  | 'wrong_challenge'
  | 'wrong_origin'
  | 'embedded'
  /** RP id, user presence or verification, type or algorithm. */
  | 'not_as_asked'
  | 'wrong_signature'
  | 'wrong_user'
  | 'certified'
  | 'counter_went_back';

export interface AttestedPasskey {
  readonly credentialId: Buffer;
  /** COSE. */
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly isSynced: boolean;
}

/** Signatures that browsers and authenticators have in common, the wanted first. */
export const SIGNATURE_ALGORITHMS: readonly number[] = Object.freeze([
  COSEALG.EdDSA,
  COSEALG.ES256,
  COSEALG.RS256,
]);

const clientData = z.object({
  challenge: z.string().regex(/^[A-Za-z0-9_-]+$/),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

/** Reads what the browser says it was asked; undefined when it can't be read. Nothing of it is verified. */
export function readClientData(clientDataJSON: string): z.output<typeof clientData> | undefined {
  try {
    return clientData.parse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

/** What both kinds of answers must have said to the browser. */
function refusalOfClientData(
  rp: RelyingParty,
  clientDataJSON: string,
  challenge: string,
): WebAuthnRefusal | undefined {
  const data = readClientData(clientDataJSON);
  if (data === undefined) return 'malformed';
  if (data.challenge !== challenge) return 'wrong_challenge';
  if (data.origin !== rp.origin) return 'wrong_origin';
  // The library lets frames in other people's pages pass where the browser does not name the page.
  if (data.crossOrigin === true || data.topOrigin !== undefined) return 'embedded';
  return undefined;
}

/**
 * Checks an assertion over a challenge: whose it is, that it was made for this exchange, now, by somebody whom the authenticator
 * knows, and that its counter goes up.
 * @param challenge base64url, as the browser was given it
 * @returns the counter to be kept
 */
export async function verifyAssertion(
  rp: RelyingParty,
  assertion: Assertion,
  challenge: string,
  passkey: { readonly publicKey: Buffer; readonly signCount: number; readonly userHandle: Buffer },
): Promise<{ readonly signCount: number } | WebAuthnRefusal> {
  const { id, rawId, type, response } = assertion;
  const refusal = refusalOfClientData(rp, response.clientDataJSON, challenge);
  if (refusal !== undefined) return refusal;
  const { userHandle, ...signed } = response;
  const handle = typeof userHandle === 'string' ? Buffer.from(userHandle, 'base64url') : undefined;
  if (handle !== undefined && !handle.equals(passkey.userHandle)) return 'wrong_user';
  let verified: Awaited<ReturnType<typeof verifyAuthenticationResponse>>;
  try {
    verified = await verifyAuthenticationResponse({
      response: { id, rawId, type, response: signed, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
      // The library looks at the counter before the signature: anybody could feign a cloned authenticator.
      credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
    });
  } catch {
    return 'not_as_asked';
  }
  if (!verified.verified) return 'wrong_signature';
  const signCount = verified.authenticationInfo.newCounter;
  const counts = signCount > 0 || passkey.signCount > 0;
  return counts && signCount <= passkey.signCount ? 'counter_went_back' : { signCount };
}

/** Checks a new passkey: made for this exchange, now, by somebody whom the authenticator knows. */
export async function verifyAttestation(
  rp: RelyingParty,
  attestation: Attestation,
  challenge: string,
): Promise<AttestedPasskey | WebAuthnRefusal> {
  const { id, rawId, type, response } = attestation;
  const refusal =
    refusalOfClientData(rp, response.clientDataJSON, challenge) ??
    refusalOfStatement(response.attestationObject);
  if (refusal !== undefined) return refusal;
  let verified: Awaited<ReturnType<typeof verifyRegistrationResponse>>;
  try {
    verified = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type,
        response: { ...response, transports: [...response.transports] },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...SIGNATURE_ALGORITHMS],
    });
  } catch {
    return 'not_as_asked';
  }
  if (!verified.verified) return 'wrong_signature';
  const { credential, credentialDeviceType } = verified.registrationInfo;
  const credentialId = Buffer.from(credential.id, 'base64url');
  if (credential.id !== id || credentialId.length < 16 || credentialId.length > 1023) return 'not_as_asked';
  return {
    credentialId,
    publicKey: Buffer.from(credential.publicKey),
    signCount: credential.counter,
    isSynced: credentialDeviceType === 'multiDevice',
  };
}

/**
 * A new passkey is to come without certificates. None are asked for, and to check them the library would fetch lists of revoked
 * ones from wherever they say.
 */
function refusalOfStatement(attestationObject: string): WebAuthnRefusal | undefined {
  try {
    const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
    const format = decoded.get('fmt');
    if (format === 'none') return undefined;
    return format === 'packed' && decoded.get('attStmt').get('x5c') === undefined ? undefined : 'certified';
  } catch {
    return 'malformed';
  }
}
