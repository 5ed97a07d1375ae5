import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabasePool } from 'slonik';
import { type DueMail, endMail, postponeMail, takeDueMail } from '../../db/mails.ts';
import type { Sealing } from '../auth/sealing.ts';
import { composeMessage, MAIL_PAYLOADS, type MailKind } from './messages.ts';
import { checkRecipient, mailContext } from './queue.ts';
import type { MailTransport } from './transports.ts';

/** Longer than any delivery takes before it is given up. */
const LEASE_MS = 5 * 60_000;
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 60 * 60_000;

export interface MailSender {
  /** Delivers what is due now; answers how many mails it tried. */
  deliverDue(): Promise<number>;
  /** Resolves once nothing of it runs any more; a delivery under way is finished. */
  stop(): Promise<void>;
}

export interface MailSenderOptions {
  readonly pool: DatabasePool;
  readonly sealing: Sealing;
  readonly transport: MailTransport;
  /** The origin of links. */
  readonly publicUrl: string;
  readonly log: Logger;
  readonly now: () => number;
  /** How often to look; undefined: only when `deliverDue` is called. */
  readonly intervalMs: number | undefined;
}

/**
 * Delivers what is queued, oldest first, again and again until a mail is not worth it any more. Of several processes one has a
 * mail at a time. When one dies in the middle of a delivery the mail may arrive twice, never not at all.
 */
export function startMailSender(options: MailSenderOptions): MailSender {
  const { pool, sealing, transport, publicUrl, log, now, intervalMs } = options;
  const stopping = new AbortController();

  function open({ id, recipient, kind, sealedPayload }: DueMail) {
    checkRecipient(recipient);
    const payload = JSON.parse(sealing.unseal(sealedPayload, mailContext(kind, recipient)).toString());
    const known = MAIL_PAYLOADS[kind as MailKind].parse(payload);
    return {
      to: recipient,
      id: `bourse-${id}-${kind}`,
      ...composeMessage(kind as MailKind, known, publicUrl),
    };
  }

  async function deliver(mail: DueMail): Promise<void> {
    const { id: mailId, kind, attempts } = mail;
    if (mail.expiresAtMs <= now()) {
      await endMail(pool, mailId, 'given_up', now(), 'it was not worth delivering any more');
      log.warn({ mailId, kind, attempts }, 'a mail was given up');
      return;
    }
    try {
      await transport.deliver(open(mail));
    } catch (error) {
      const retryMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
      // What servers answer may repeat what they were sent, but only codes are kept.
      const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
      const why = [code, responseCode].filter((part) => part !== undefined).join(' ');
      await postponeMail(pool, mailId, now() + retryMs, why);
      log.warn({ mailId, kind, attempts, why, retryMs }, 'a mail could not be delivered; trying again later');
      return;
    }
    await endMail(pool, mailId, 'delivered', now());
    log.debug({ mailId, kind, attempts }, 'a mail was delivered');
  }

  async function deliverDue(): Promise<number> {
    for (let count = 0; ; count += 1) {
      if (stopping.signal.aborted) return count;
      const mail = await takeDueMail(pool, now(), LEASE_MS);
      if (mail === undefined) return count;
      await deliver(mail);
    }
  }

  async function run(everyMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pause(everyMs, undefined, { signal: stopping.signal, ref: false });
        await deliverDue();
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'the mails could not be read; trying again');
      }
    }
  }

  const running = intervalMs === undefined ? undefined : run(intervalMs);
  return {
    deliverDue,
    async stop() {
      stopping.abort();
      await running;
      transport.close();
    },
  };
}
