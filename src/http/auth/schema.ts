import { z } from 'zod';
import { ROLES } from '../../domain/roles.ts';
import { FACTORS } from './second-factor.ts';

export const MIN_PASSWORD_LENGTH = 12;

export const email = z
  .email({ error: 'Must be an e-mail address.' })
  .max(254)
  .toLowerCase()
  .meta({ description: 'E-mail address; letter case does not matter.', example: 'ada@example.com' });

/** A password to be set, as against one that is tried. */
export const newPassword = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `Must have at least ${MIN_PASSWORD_LENGTH} characters.`)
  // Argon2 would take more, at our cost.
  .max(256, 'Must have at most 256 characters.')
  .meta({ example: 'correct horse battery' });

/** A password that somebody who is signed in has to show again. */
export const shownPassword = z.string().min(1).max(256).optional().meta({
  description:
    'The current password. Left out by who has none: he must have signed in, or have shown his second factor, in the last five minutes.',
});

export const Credentials = z.strictObject({ email, password: newPassword }).meta({ id: 'Credentials' });

export const refreshToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'Must be a refresh token.')
  .meta({ description: '256 random bits, base64url. Good once: each refresh gives a new one.' });

export const Registration = z
  .strictObject({ email })
  .meta({ id: 'Registration', description: 'The same whether the address was free or not.' });

export const TokenPair = z
  .strictObject({
    accessToken: z.string().meta({ description: 'JWT for the Authorization header.' }),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds for which the access token is good.', example: 900 }),
    refreshToken,
    accountId: z.string().meta({ example: '1000' }),
    sessionId: z.string(),
  })
  .meta({ id: 'TokenPair' });

export const recoveryCodes = z.array(z.string()).readonly().nullable().meta({
  description:
    'Good once each in the place of a second factor; shown only now. Null where there are some since the first factor.',
});

export const SecondFactorWanted = z
  .strictObject({
    challenge: refreshToken.meta({ description: 'To be sent with the factor. Good once.' }),
    expiresIn: z.int().meta({ description: 'Seconds for which it is good.', example: 300 }),
    factors: z.array(z.enum(FACTORS)).readonly().meta({ description: 'Which may be shown.' }),
  })
  .meta({ id: 'SecondFactorWanted' });

export const Me = z
  .strictObject({
    userId: z.string().meta({ example: '1' }),
    accountId: z.string().meta({ example: '1000' }),
    email: z.string(),
    role: z.enum(ROLES),
    hasPassword: z.boolean().meta({ description: 'false for who only comes through an OpenID provider.' }),
    secondFactor: z.strictObject({
      totp: z.boolean(),
      passkeys: z.int().min(0),
      recoveryCodesLeft: z.int().min(0),
    }),
    frozen: z
      .boolean()
      .meta({ description: 'Whether my account takes no new orders and nothing leaves it.' }),
    withdrawalsHeldUntil: z.iso.datetime().nullable().meta({
      description: 'Nothing is withdrawn until then: the sign-in was changed. null: nothing is held.',
    }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Me' });

export const Register = { body: Credentials };
export const LogIn = {
  // A password that could not be registered is wrong, not invalid: the answer must not tell the rules apart.
  body: z.strictObject({ email, password: z.string().min(1).max(256) }).meta({ id: 'LogIn' }),
};
export const Refresh = { body: z.strictObject({ refreshToken }).meta({ id: 'Refresh' }) };
