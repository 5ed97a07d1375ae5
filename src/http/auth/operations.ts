import type { Operations } from '../openapi/operation.ts';
import { LogIn, Me, Refresh, Register, Registration, SecondFactorWanted, TokenPair } from './schema.ts';

export const authOperations = {
  'POST /v1/auth/register': {
    tag: 'sign-in',
    summary: 'Register',
    description:
      'Creates a user and a trading account, and mails a link with which to confirm the address: signing in takes that. An address that is taken gets the same answer.',
    access: 'public',
    weight: 10,
    request: Register,
    replies: { 202: { schema: Registration, description: 'Whoever has the address is mailed.' } },
    problems: ['breached_password', 'predictable_password', 'sign_in_busy'],
  },
  'POST /v1/auth/login': {
    tag: 'sign-in',
    summary: 'Sign in with e-mail and password',
    access: 'public',
    weight: 10,
    request: LogIn,
    replies: {
      200: { schema: TokenPair, description: 'A new session.' },
      202: { schema: SecondFactorWanted, description: 'The password is right; the second factor is wanted.' },
    },
    problems: ['email_unconfirmed', 'invalid_credentials', 'too_many_requests', 'sign_in_busy'],
  },
  'POST /v1/auth/refresh': {
    tag: 'sign-in',
    summary: 'Exchange the refresh token for a new pair',
    description:
      'A refresh token is good once. Showing one again means that somebody has a copy: the session ends.',
    access: 'public',
    weight: 5,
    request: Refresh,
    replies: { 200: { schema: TokenPair, description: 'The same session with new tokens.' } },
    problems: ['invalid_refresh_token'],
  },
  'POST /v1/auth/logout': {
    tag: 'sign-in',
    summary: 'Sign out',
    description: 'Ends the session at once: its tokens are refused and its WebSockets closed.',
    access: 'customer',
    replies: { 204: { description: 'The session is over.' } },
    problems: [],
  },
  'GET /v1/me': {
    tag: 'sign-in',
    summary: 'Who I am',
    access: 'customer',
    replies: { 200: { schema: Me, description: 'The user behind the token.' } },
    problems: [],
  },
} satisfies Operations;
