import { z } from 'zod';
import { shownPassword as password, refreshToken, TokenPair } from '../auth/schema.ts';

const code = z
  .string()
  .regex(/^(?:\d{6}|[A-Za-z2-7]{4}(?:[ -]?[A-Za-z2-7]{4}){3})$/, 'Must be six digits or a recovery code.')
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

const recoveryCodes = z
  .array(z.string())
  .readonly()
  .meta({ description: 'Good once each in the place of a code; shown only now.' });
export const RecoveryCodes = z.strictObject({ recoveryCodes }).meta({ id: 'RecoveryCodes' });
export const FactorAdded = z.strictObject({ recoveryCodes, session: TokenPair }).meta({ id: 'FactorAdded' });

export const FinishSignIn = {
  body: z.strictObject({ challenge: refreshToken, code }).meta({ id: 'FinishSignIn' }),
};
export const StepUp = { body: z.strictObject({ code }).meta({ id: 'StepUp' }) };
export const BeginTotp = { body: z.strictObject({ password }).meta({ id: 'BeginTotp' }) };
export const ConfirmTotp = { body: z.strictObject({ code: totpCode }).meta({ id: 'ConfirmTotp' }) };
export const RemoveTotp = { body: z.strictObject({ password, code }).meta({ id: 'RemoveTotp' }) };
