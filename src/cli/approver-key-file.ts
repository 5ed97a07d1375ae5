import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { CliError, EXIT } from './errors.ts';

/** An operator's private Ed25519 key, in a file of his own (PKCS #8, PEM) that nobody else may read. */
export interface ApproverKeyFile {
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** Over the SHA-256 of a text; base64url. */
  signText(text: string): string;
}

/** @returns the public key @throws {CliError} `key_file_exists` */
export async function writeNewKey(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.write(String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CliError('key_file_exists', `There is a file ${path} already.`, EXIT.usage);
    throw new CliError('invalid_key_file', `${path}: ${(error as Error).message}.`, EXIT.usage);
  }
  return publicKeyOf(privateKey);
}

/** @throws {CliError} `invalid_key_file`; `key_file_readable` when others than its owner can read it */
export async function readKey(path: string): Promise<ApproverKeyFile> {
  const privateKey = createPrivateKeyOf(await readOwn(path), path);
  return {
    publicKey: publicKeyOf(privateKey),
    signText: (text) =>
      sign(null, createHash('sha256').update(text, 'utf8').digest(), privateKey).toString('base64url'),
  };
}

async function readOwn(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode } = await file.stat();
      if ((mode & 0o077) !== 0)
        throw new CliError('key_file_readable', `Others may read ${path}: chmod 600 it.`, EXIT.usage);
      return await readFile(file, 'utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('invalid_key_file', `${path}: ${(error as Error).message}.`, EXIT.usage);
  }
}

function createPrivateKeyOf(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What it is instead doesn't matter, and must not be told.
  }
  throw new CliError('invalid_key_file', `${path} is no Ed25519 private key.`, EXIT.usage);
}

function publicKeyOf(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ format: 'jwk' }).x!;
}
