import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { AUTHORITY } from './certificates.ts';

export interface TlsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The name in the certificate that was shown. */
  readonly certificate: string;
  readonly protocol: string | null;
}

/** A request over a new connection that trusts only the authority of the tests. */
export function tlsRequest(url: string, options: https.RequestOptions = {}): Promise<TlsReply> {
  return new Promise((resolve, reject) => {
    const request = https.request(url, { ca: AUTHORITY, agent: false, ...options }, (response) => {
      const socket = response.socket as TLSSocket;
      const certificate = String(socket.getPeerCertificate().subject.CN);
      const protocol = socket.getProtocol();
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body, certificate, protocol }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}
