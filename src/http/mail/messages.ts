import { z } from 'zod';
import { TOLD_EVENTS } from '../../db/withdrawal-mails.ts';

/** What people are told by mail. Plain text: nothing in it can be made to look like something else. */

const token = z.strictObject({ token: z.string() });
const notice = z.strictObject({ atMs: z.int(), ip: z.string().nullable() });
const withdrawal = z.strictObject({
  event: z.enum(TOLD_EVENTS),
  atMs: z.int(),
  /** With its asset. */
  amount: z.string(),
  network: z.string(),
  address: z.string(),
});

/** What each kind of mail carries. */
export const MAIL_PAYLOADS = Object.freeze({
  confirm_email: token,
  registered_again: notice,
  reset_password: token,
  password_changed: notice,
  password_reset: notice,
  factor_added: notice,
  factor_removed: notice,
  recovery_code_used: notice,
  api_key_added: notice,
  approver_key_added: notice,
  approver_key_removed: notice,
  withdrawal_address_added: notice,
  address_list_off: notice,
  withdrawal,
  identity_linked: notice,
  identity_unlinked: notice,
});
export type MailKind = keyof typeof MAIL_PAYLOADS;
export type MailPayload<Kind extends MailKind> = z.output<(typeof MAIL_PAYLOADS)[Kind]>;
/** What is told to the owner after it was done. */
export type NoticeKind = Exclude<MailKind, 'confirm_email' | 'reset_password' | 'withdrawal'>;

export interface Message {
  readonly subject: string;
  readonly text: string;
}

const NOTICES: Readonly<Record<NoticeKind, readonly [subject: string, what: string]>> = Object.freeze({
  registered_again: [
    'You have an account already',
    'Somebody, perhaps you, wanted to register with this address. There is an account with it already, and nothing was changed.',
  ],
  password_changed: [
    'Your password was changed',
    'The password of your account was changed. Every other session was ended.',
  ],
  password_reset: [
    'Your password was reset',
    'The password of your account was set anew with a link from a mail. Every session was ended.',
  ],
  factor_added: [
    'A second factor was added',
    'From now on signing in to your account takes a second factor as well.',
  ],
  factor_removed: ['A second factor was removed', 'A second factor of your account was taken away.'],
  recovery_code_used: [
    'A recovery code was used',
    'A recovery code of your account was used in the place of a second factor.',
  ],
  identity_linked: [
    'You can sign in through a provider',
    'Your account was linked with an OpenID provider: from now on you can sign in through it.',
  ],
  identity_unlinked: [
    'A provider was unlinked',
    'Nobody signs in to your account through that provider any more.',
  ],
  approver_key_added: [
    'A new approver key was added',
    'A new key, with which withdrawals of customers are approved in your name, was added.',
  ],
  approver_key_removed: [
    'An approver key was removed',
    'A key, with which withdrawals of customers were approved in your name, was removed. What it approved and is not paid yet fails.',
  ],
  withdrawal_address_added: [
    'A withdrawal address was added',
    'An address was added to those to which you withdraw.',
  ],
  address_list_off: [
    'Withdrawals may go to any address again',
    'Withdrawals from your account may go to addresses again that are not in your address book. For a day nothing is withdrawn.',
  ],
  api_key_added: [
    'A new API key was added',
    'A new API key, with which programs can act for you, was added to your account.',
  ],
});

type WithdrawalPayload = MailPayload<'withdrawal'>;
const WITHDRAWAL_NEWS: Readonly<
  Record<WithdrawalPayload['event'], readonly [subject: string, what: string]>
> = Object.freeze({
  requested: [
    'A withdrawal was asked for',
    'A withdrawal from your account was asked for. It waits for its confirmation.',
  ],
  confirmed: ['A withdrawal was confirmed', 'A withdrawal from your account was confirmed.'],
  sent: ['A withdrawal was sent', 'A withdrawal from your account was sent to its network.'],
  rejected: [
    'A withdrawal was rejected',
    'A withdrawal from your account was rejected; its funds are free again.',
  ],
  expired: [
    'A withdrawal has expired',
    'A withdrawal from your account was not confirmed or not paid in time; its funds are free again.',
  ],
  failed: [
    'A withdrawal has failed',
    'A withdrawal from your account could not be paid; its funds are yours again.',
  ],
});

/** @param publicUrl the origin of links. A token is in the fragment, which no browser sends: it reaches no log. */
export function composeMessage<Kind extends MailKind>(
  kind: Kind,
  payload: MailPayload<Kind>,
  publicUrl: string,
): Message {
  if (kind === 'confirm_email') {
    return {
      subject: 'Confirm your e-mail address',
      text: lines(
        'Somebody, hopefully you, registered with this address. To confirm it, open this page within 24 hours:',
        `${publicUrl}/confirm-email#token=${(payload as MailPayload<'confirm_email'>).token}`,
        'If it was not you, do nothing: without this nobody can sign in.',
      ),
    };
  }
  if (kind === 'reset_password') {
    return {
      subject: 'Set a new password',
      text: lines(
        'Somebody, hopefully you, asked to set a new password for your account. Open this page within 30 minutes:',
        `${publicUrl}/reset-password#token=${(payload as MailPayload<'reset_password'>).token}`,
        'If it was not you, do nothing: your password stays as it is.',
      ),
    };
  }
  if (kind === 'withdrawal') {
    const { event, atMs, amount, network, address } = payload as WithdrawalPayload;
    const [subject, what] = WITHDRAWAL_NEWS[event];
    return {
      subject,
      text: lines(
        what,
        `Amount: ${amount}\nTo: ${address}\nNetwork: ${network}\nWhen: ${new Date(atMs).toISOString()}`,
        ...(event === 'requested' || event === 'confirmed'
          ? ['If it was not you, cancel it, freeze your account and set a new password at once.']
          : []),
      ),
    };
  }
  const { atMs, ip } = payload as MailPayload<NoticeKind>;
  const [subject, what] = NOTICES[kind as NoticeKind];
  return {
    subject,
    text: lines(
      what,
      `When: ${new Date(atMs).toISOString()}${ip === null ? '' : `\nFrom: ${ip}`}`,
      ...(kind === 'registered_again'
        ? []
        : ['If it was not you, set a new password and look at your sessions and keys at once.']),
    ),
  };
}

function lines(...paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n\nBourse\n`;
}
