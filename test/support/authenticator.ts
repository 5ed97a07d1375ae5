import {
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from 'node:crypto';

/** A passkey provider in software that does as WebAuthn says, or not: for attacks that no browser would make. */

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

/** What it does wrong. */
export interface Misbehaviour {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** Of the client data. */
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  /** false: nobody was there. */
  readonly userPresent?: boolean;
  /** false: nobody was asked for PIN, finger or face. */
  readonly userVerified?: boolean;
  readonly signCount?: number;
  /** null: none. */
  readonly userHandle?: string | null;
  /** In the place of the one that the key belongs to. */
  readonly credentialId?: string;
  readonly tamper?: 'signature' | 'authenticatorData' | 'clientData';
  /** A statement about where the authenticator was made. */
  readonly certified?: boolean;
  /** COSE algorithm in the place of the key's own. */
  readonly algorithmId?: number;
}

/** The parts of the exchange's options that it looks at. */
export interface MakeOptions {
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
  readonly excludeCredentials: readonly { readonly id: string }[];
}
export interface SignOptions {
  readonly rpId: string;
  readonly challenge: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

interface Credential {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly algorithm: Algorithm;
  readonly userHandle: string;
  signCount: number;
}

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 };
const COSE_IDS: Readonly<Record<Algorithm, number>> = { ES256: -7, EdDSA: -8, RS256: -257 };

export interface Authenticator {
  /** The newest last. */
  readonly credentials: readonly { readonly id: string; readonly userHandle: string }[];
  /** As `navigator.credentials.create()` answers. @throws when it has one that is excluded */
  make(options: MakeOptions, wrong?: Misbehaviour): ReturnType<typeof attestation>;
  /** As `navigator.credentials.get()` answers, with the newest passkey that may. */
  sign(options: SignOptions, wrong?: Misbehaviour): ReturnType<typeof assertion>;
}

export function createAuthenticator({
  origin,
  algorithm = 'ES256',
  counts = true,
  credentialBytes = 32,
}: {
  /** Of the page that asks. */
  readonly origin: string;
  readonly algorithm?: Algorithm;
  /** false: its counter is always 0, as that of passkeys which several devices share. */
  readonly counts?: boolean;
  readonly credentialBytes?: number;
}): Authenticator {
  const credentials: Credential[] = [];

  function clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: wrong.type ?? type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? origin,
        crossOrigin: wrong.crossOrigin ?? false,
        ...(wrong.topOrigin === undefined ? {} : { topOrigin: wrong.topOrigin }),
      }),
    );
  }

  return {
    credentials,
    make({ rp, user, challenge, excludeCredentials }, wrong = {}) {
      if (excludeCredentials.some(({ id }) => credentials.some((own) => own.id === id)))
        throw new Error('InvalidStateError: the authenticator has a passkey that is excluded');
      const { privateKey, publicKey } = newKey(algorithm);
      const id = wrong.credentialId ?? randomBytes(credentialBytes).toString('base64url');
      const credential = { id, privateKey, algorithm, userHandle: user.id, signCount: 0 };
      credentials.push(credential);
      const cose = coseKey(algorithm, publicKey.export({ format: 'jwk' }), wrong.algorithmId);
      const idBytes = Buffer.from(id, 'base64url');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(idBytes.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, idBytes, cose]);
      const data = authenticatorData(wrong.rpId ?? rp.id, credential.signCount, wrong, attested);
      return attestation(id, clientData('webauthn.create', challenge, wrong), data, wrong);
    },
    sign({ rpId, challenge, allowCredentials }, wrong = {}) {
      const credential = credentials.findLast(
        ({ id }) => allowCredentials === undefined || allowCredentials.some((allowed) => allowed.id === id),
      );
      if (credential === undefined) throw new Error('NotAllowedError: no passkey that may answer');
      if (counts) credential.signCount += 1;
      const signCount = wrong.signCount ?? credential.signCount;
      const data = authenticatorData(wrong.rpId ?? rpId, signCount, wrong);
      return assertion(credential, clientData('webauthn.get', challenge, wrong), data, wrong);
    },
  };
}

function authenticatorData(rpId: string, signCount: number, wrong: Misbehaviour, attested?: Buffer): Buffer {
  const flags =
    (wrong.userPresent === false ? 0 : FLAGS.present) |
    (wrong.userVerified === false ? 0 : FLAGS.verified) |
    (attested === undefined ? 0 : FLAGS.attested);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(signCount);
  return Buffer.concat([sha256(rpId), Buffer.of(flags), count, attested ?? Buffer.alloc(0)]);
}

function attestation(id: string, clientData: Buffer, data: Buffer, wrong: Misbehaviour) {
  const statement =
    wrong.certified === true
      ? new Map<string, Cbor>([
          ['alg', -7],
          ['sig', randomBytes(70)],
          ['x5c', [randomBytes(500)]],
        ])
      : new Map<string, Cbor>();
  const object = cbor(
    new Map<string, Cbor>([
      ['fmt', wrong.certified === true ? 'packed' : 'none'],
      ['attStmt', statement],
      ['authData', data],
    ]),
  );
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: { credProps: { rk: true } },
    response: {
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: object.toString('base64url'),
      transports: ['internal', 'hybrid', 'of the future'],
    },
  };
}

function assertion(credential: Credential, clientData: Buffer, data: Buffer, wrong: Misbehaviour) {
  const { privateKey, algorithm } = credential;
  const hash = algorithm === 'EdDSA' ? null : 'sha256';
  const signature = signWith(hash, Buffer.concat([data, sha256(clientData)]), privateKey);
  // Of an ECDSA signature the last byte is of a number, not of its frame.
  if (wrong.tamper === 'signature') signature[signature.length - 1]! ^= 1;
  // The counter, up.
  if (wrong.tamper === 'authenticatorData') data.writeUInt32BE(data.readUInt32BE(33) + 1, 33);
  const shown =
    wrong.tamper === 'clientData' ? Buffer.from(`${clientData.toString().slice(0, -1)} }`) : clientData;
  const id = wrong.credentialId ?? credential.id;
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    response: {
      clientDataJSON: shown.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: wrong.userHandle === undefined ? credential.userHandle : wrong.userHandle,
    },
  };
}

function newKey(algorithm: Algorithm) {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** RFC 9053. */
function coseKey(algorithm: Algorithm, jwk: JsonWebKey, algorithmId = COSE_IDS[algorithm]): Buffer {
  const bytes = (text: string | undefined) => Buffer.from(text!, 'base64url');
  if (algorithm === 'RS256')
    return cbor(
      new Map<number, Cbor>([
        [1, 3],
        [3, algorithmId],
        [-1, bytes(jwk.n)],
        [-2, bytes(jwk.e)],
      ]),
    );
  const isCurve25519 = algorithm === 'EdDSA';
  return cbor(
    new Map<number, Cbor>([
      [1, isCurve25519 ? 1 : 2],
      [3, algorithmId],
      [-1, isCurve25519 ? 6 : 1],
      [-2, bytes(jwk.x)],
      ...(isCurve25519 ? [] : ([[-3, bytes(jwk.y)]] as const)),
    ]),
  );
}

type Cbor = number | string | Buffer | readonly Cbor[] | ReadonlyMap<string | number, Cbor>;

/** As much of RFC 8949 as WebAuthn needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string')
    return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (value instanceof Map)
    return Buffer.concat([
      cborHead(5, value.size),
      ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)]),
    ]);
  const items = value as readonly Cbor[];
  return Buffer.concat([cborHead(4, items.length), ...items.map(cbor)]);
}

function cborHead(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.of(type | length);
  if (length < 256) return Buffer.of(type | 24, length);
  return Buffer.of(type | 25, length >> 8, length & 0xff);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
