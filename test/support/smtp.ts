import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { ExecutionContext } from 'ava';
import { SMTPServer } from 'smtp-server';
import { tlsText } from './tls/certificates.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isEncrypted: boolean;
}

export interface TestMailServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  close(): Promise<void>;
}

/** A real SMTP server with a certificate for 127.0.0.1, and one user; closed at the test's end. */
export async function startMailServer(
  t: Pick<ExecutionContext, 'teardown'>,
  options: { readonly secure?: boolean; readonly port?: number; readonly hideTls?: boolean } = {},
): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    secure: options.secure ?? false,
    key: tlsText('first.key'),
    cert: tlsText('first.pem'),
    disabledCommands: options.hideTls === true ? ['STARTTLS', 'AUTH'] : [],
    authOptional: options.hideTls ?? false,
    closeTimeout: 100,
    onAuth({ username, password }, _session, done) {
      if (username === 'exchange' && password === 'p@ss') done(null, { user: username });
      else done(new Error('wrong'));
    },
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        received.push({ from, to: rcptTo.map(({ address }) => address), text, isEncrypted: session.secure });
        done();
      });
    },
  });
  // What a client breaks off is its own matter.
  server.on('error', () => {});
  server.listen(options.port ?? 0, '127.0.0.1');
  await once((server as unknown as { server: Server }).server, 'listening');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  let isClosed = false;
  const closeOnce = async () => {
    if (!isClosed) await close();
    isClosed = true;
  };
  t.teardown(closeOnce);
  const { port } = (server as unknown as { server: Server }).server.address() as AddressInfo;
  return { port, received, close: closeOnce };
}
