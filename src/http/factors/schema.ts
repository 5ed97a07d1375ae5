import { z } from 'zod';
import { shownPassword as password, recoveryCodes, refreshToken, TokenPair } from '../auth/schema.ts';
import { Assertion } from '../passkeys/schema.ts';

const code = z
  .string()
  // Codes of four groups were given until they had six.
  .regex(
    /^(?:\d{6}|[A-Za-z2-7]{4}(?:(?:[ -]?[A-Za-z2-7]{4}){3}|(?:[ -]?[A-Za-z2-7]{4}){5}))$/,
    'Must be six digits or a recovery code.',
  )
  .meta({ description: 'Six digits of the authenticator, or a recovery code.', example: '123456' });
const totpCode = z
  .string()
  .regex(/^\d{6}$/, 'Must be six digits.')
  .meta({ example: '123456' });

export const TotpSecret = z
  .strictObject({
    secret: z
      .string()
      .meta({ description: 'Base32, to be typed.', example: '3GWJOFU6G6PQMFZH7YBCHNHDF3CEBNPZ' }),
    uri: z.string().meta({ description: 'The same as otpauth://, for a QR code.' }),
  })
  .meta({ id: 'TotpSecret' });

export const RecoveryCodes = z
  .strictObject({ recoveryCodes: recoveryCodes.unwrap() })
  .meta({ id: 'RecoveryCodes' });
export const FactorAdded = z.strictObject({ recoveryCodes, session: TokenPair }).meta({ id: 'FactorAdded' });

/** One of the two. */
const shown = { code: code.optional(), passkey: Assertion.optional() };
const isOne = ({ code: given, passkey }: { code?: unknown; passkey?: unknown }) =>
  (given === undefined) !== (passkey === undefined);
const ONE = 'Must have either a code or a passkey.';

/** The fields by which a body shows a second factor; `withOneFactor` sees to it that there is one. */
export const shownFactorFields = shown;

export function withOneFactor<Body extends z.ZodType>(body: Body): Body {
  return body.refine((given) => isOne(given as Parameters<typeof isOne>[0]), ONE);
}

/** A body that shows a second factor and nothing else. */
export function shownFactor(id: string) {
  return withOneFactor(z.strictObject(shown)).meta({ id });
}

export const FinishSignIn = {
  body: z
    .strictObject({ challenge: refreshToken, ...shown })
    .refine(isOne, ONE)
    .meta({ id: 'FinishSignIn' }),
};
export const AskForSignIn = {
  body: z.strictObject({ challenge: refreshToken }).meta({ id: 'AskForSignIn' }),
};
export const StepUp = { body: shownFactor('StepUp') };
export const BeginTotp = { body: z.strictObject({ password }).meta({ id: 'BeginTotp' }) };
export const ConfirmTotp = { body: z.strictObject({ code: totpCode }).meta({ id: 'ConfirmTotp' }) };
export const RemoveTotp = {
  body: z
    .strictObject({ password, ...shown })
    .refine(isOne, ONE)
    .meta({ id: 'RemoveTotp' }),
};
