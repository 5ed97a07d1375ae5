import type { Operations } from '../openapi/operation.ts';

const page = { 200: { contentType: 'text/html', description: 'A page that needs nothing from elsewhere.' } };

export const pageOperations = {
  'GET /confirm-email': {
    tag: 'documents',
    summary: 'The page that a mail leads to after registering',
    access: 'public',
    replies: page,
    problems: [],
  },
  'GET /reset-password': {
    tag: 'documents',
    summary: 'The page on which a new password is set',
    access: 'public',
    replies: page,
    problems: [],
  },
} satisfies Operations;
