import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Message } from './messages.ts';

export interface Envelope extends Message {
  readonly to: string;
  /** Stays the same when it is sent again: whoever gets it twice can tell. */
  readonly id: string;
}

/** Carries mails away. `deliver` rejects when it could not. */
export interface MailTransport {
  deliver(mail: Envelope): Promise<void>;
  close(): void;
}

/** How mails leave: by SMTP, or into a folder on a developer's machine. */
export type MailSettings =
  | { readonly type: 'smtp'; readonly url: string; readonly from: string; readonly ca?: string }
  | { readonly type: 'folder'; readonly directory: string };

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

export function createMailTransport(settings: MailSettings): MailTransport {
  return settings.type === 'smtp' ? smtpTransport(settings) : folderTransport(settings.directory);
}

/** Whether the host is this machine, to which nothing has to be encrypted. */
function isHere(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** Certificates are always verified, and outside this machine nothing is sent without TLS. */
function smtpTransport({
  url,
  from,
  ca,
}: {
  readonly url: string;
  readonly from: string;
  readonly ca?: string;
}): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isHere(hostname),
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = new URL(`mailto:${from}`).pathname.split('@')[1] ?? 'localhost';
  return {
    async deliver({ to, id, subject, text }) {
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${domain.replaceAll(/[^A-Za-z0-9.-]/g, '')}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}

/** Only for the owner: there are tokens in them. */
function folderTransport(directory: string): MailTransport {
  return {
    async deliver({ to, id, subject, text }) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const file = join(directory, `${id}.txt`);
      // Whoever watches the folder never reads half a mail.
      await writeFile(`${file}.part`, `To: ${to}\nSubject: ${subject}\n\n${text}`, { mode: 0o600 });
      await chmod(`${file}.part`, 0o600);
      await rename(`${file}.part`, file);
    },
    close() {},
  };
}
