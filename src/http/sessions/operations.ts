import { TokenPair } from '../auth/schema.ts';
import type { Operations } from '../openapi/operation.ts';
import { ChangePassword, EndSession, SessionList, SessionsEnded } from './schema.ts';

export const sessionOperations = {
  'GET /v1/sessions': {
    tag: 'sign-in',
    summary: 'My sessions',
    description: 'Those that are alive, the newest first.',
    access: 'customer',
    replies: { 200: { schema: SessionList, description: 'The sessions of the user behind the token.' } },
    problems: [],
  },
  'DELETE /v1/sessions/:sessionId': {
    tag: 'sign-in',
    summary: 'End a session of mine',
    description: 'Its tokens are refused and its WebSockets closed, in every process within a second.',
    access: 'customer',
    request: EndSession,
    replies: { 204: { description: 'The session is over.' } },
    problems: ['not_found'],
  },
  'DELETE /v1/sessions': {
    tag: 'sign-in',
    summary: 'End all my other sessions',
    access: 'customer',
    replies: { 200: { schema: SessionsEnded, description: 'Only this one is left.' } },
    problems: [],
  },
  'POST /v1/me/password': {
    tag: 'sign-in',
    summary: 'Change my password',
    description:
      'Ends every session, this one too, and begins a new one. Who has a second factor must have shown it in the last ten minutes.',
    access: 'customer',
    request: ChangePassword,
    replies: { 200: { schema: TokenPair, description: 'The only session that is left.' } },
    problems: [
      'breached_password',
      'invalid_credentials',
      'predictable_password',
      'recent_sign_in_required',
      'sign_in_busy',
      'step_up_required',
    ],
  },
} satisfies Operations;
