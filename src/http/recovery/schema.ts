import { z } from 'zod';
import { email, newPassword } from '../auth/schema.ts';

const token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'Must be the token of a link.')
  .meta({ description: 'From the link in the mail, after `#token=`. Good once.' });

export const ConfirmEmail = {
  body: z
    .strictObject({
      token,
      password: z.string().min(1).max(256).meta({ description: 'The one that was chosen at registering.' }),
    })
    .meta({ id: 'ConfirmEmail' }),
};
export const AskForMail = { body: z.strictObject({ email }).meta({ id: 'AskForMail' }) };
export const ResetPassword = {
  body: z.strictObject({ token, password: newPassword }).meta({ id: 'ResetPassword' }),
};
export const MailAsked = z
  .strictObject({ email })
  .meta({ id: 'MailAsked', description: 'The same whether somebody has the address or not.' });
