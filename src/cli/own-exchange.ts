import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { certificateFailure } from '../db/errors.ts';
import { CliError, EXIT } from './errors.ts';

/** One request; as `fetch` takes it, as far as the command line needs it. */
export interface ApiRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface ApiReply {
  readonly status: number;
  readonly text: string;
}

export type Send = (url: URL, request: ApiRequest) => Promise<ApiReply>;

/**
 * Speaks with the exchange of this machine, which shows the certificate in this file and no other. Its name is not looked
 * at: the command line reaches it by its local address, which is in no certificate of a public authority.
 * @throws {CliError} `certificate_not_readable`; what is returned throws `exchange_untrusted`
 */
export function sendToOwnExchange(certificateFile: string): Send {
  const { ca, fingerprint } = pinned(certificateFile);
  const options: https.RequestOptions = {
    agent: false,
    ca,
    // It is trusted for itself; who has signed it doesn't matter here.
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, { fingerprint256 }) =>
      fingerprint256 === fingerprint ? undefined : untrusted(certificateFile),
  };
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = https.request(
        url,
        { ...options, method, headers: { ...headers }, signal },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      request.on('error', (error) => {
        // Where the file has no authority that signed the other certificate, OpenSSL objects before we are asked.
        reject(certificateFailure(error) === undefined ? error : untrusted(certificateFile, error));
      });
      request.end(body);
    });
}

function pinned(file: string): { readonly ca: string; readonly fingerprint: string } {
  try {
    const ca = readFileSync(file, 'utf8');
    return { ca, fingerprint: new X509Certificate(ca).fingerprint256 };
  } catch (error) {
    const detail = `The certificate of the exchange can’t be read: ${file}, the file of TLS_CERT.`;
    throw new CliError('certificate_not_readable', detail, EXIT.unreachable, error);
  }
}

function untrusted(file: string, cause?: unknown): CliError {
  const detail = `What answers there does not show the certificate in ${file}, the file of TLS_CERT.`;
  return new CliError('exchange_untrusted', detail, EXIT.unreachable, cause);
}
