import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The server's certificate, and those of the authorities between it and a trusted one. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate and the key that belongs to it, as PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  /** The end of the certificate's validity. */
  readonly validTo: Date;
}

/** The files can't be read, or what is in them is no certificate with its key. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** How often the files are looked at. */
const LOOK_INTERVAL_MS = 2_000;

/** @throws {CertificateError} */
export function readCertificatePair({ certificateFile, keyFile }: CertificateFiles): CertificatePair {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new CertificateError(unreadable(file, error), { cause: error });
    }
  };
  return pairOf({ certificateFile, keyFile }, read(certificateFile), read(keyFile));
}

export interface CertificateWatch {
  /** Reads the files now, whether they changed or not. Never fails: what can't be used is logged. */
  reload(): Promise<void>;
  stop(): void;
}

export interface CertificateWatchOptions {
  readonly files: CertificateFiles;
  /** What is in use. */
  readonly current: CertificatePair;
  readonly onChanged: (pair: CertificatePair) => void;
  readonly log: Logger;
  readonly intervalMs?: number;
}

/**
 * Takes up a new certificate when its files change. They are compared by content, so it doesn't matter how they are
 * replaced (in place, by renaming, by moving a symbolic link), and taken only when found the same twice in a row, so
 * that a pair half written is not. A pair that can't be used is logged once, and the one before stays.
 */
export function watchCertificate(options: CertificateWatchOptions): CertificateWatch {
  const { files, onChanged, log } = options;
  /** What was taken or refused last, and what was seen last. */
  let judged = textOf(options.current.cert, options.current.key);
  let seen = judged;
  let isLooking = false;

  function judge(look: Look): void {
    judged = look.text;
    seen = look.text;
    try {
      const pair = look.pair();
      onChanged(pair);
      log.info({ ...files, validTo: pair.validTo }, 'the TLS certificate was reloaded');
    } catch (error) {
      log.error({ err: error, ...files }, 'the new TLS certificate can’t be used, the one before stays');
    }
  }

  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    const look = await lookAt(files);
    isLooking = false;
    if (look.text !== judged && look.text === seen) judge(look);
    seen = look.text;
  }, options.intervalMs ?? LOOK_INTERVAL_MS);
  timer.unref();

  return {
    reload: async () => judge(await lookAt(files)),
    stop: () => clearInterval(timer),
  };
}

interface Look {
  /** Equal for equal content; an error that is met again is equal as well. */
  readonly text: string;
  /** @throws {CertificateError} */
  pair(): CertificatePair;
}

async function lookAt(files: CertificateFiles): Promise<Look> {
  const { certificateFile, keyFile } = files;
  try {
    const [cert, key] = await Promise.all(
      [certificateFile, keyFile].map((file) =>
        readFile(file, 'utf8').catch((error) => {
          throw new CertificateError(unreadable(file, error), { cause: error });
        }),
      ),
    );
    return { text: textOf(cert!, key!), pair: () => pairOf(files, cert!, key!) };
  } catch (error) {
    const pair = () => {
      throw error;
    };
    return { text: (error as Error).message, pair };
  }
}

function textOf(cert: string, key: string): string {
  return `${cert}\n${key}`;
}

function unreadable(file: string, error: unknown): string {
  return `${file} can’t be read (${(error as NodeJS.ErrnoException).code})`;
}

/** The messages name files and never what is in them: one of them is a key. */
function pairOf({ certificateFile, keyFile }: CertificateFiles, cert: string, key: string): CertificatePair {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch (error) {
    throw new CertificateError(`${certificateFile} has no certificate in PEM form`, { cause: error });
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch (error) {
    throw new CertificateError(`${keyFile} has no private key in PEM form without a passphrase`, {
      cause: error,
    });
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError(`the key in ${keyFile} is not that of the certificate in ${certificateFile}`);
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new CertificateError(`${certificateFile} can’t be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { cert, key, validTo: certificate.validToDate };
}
