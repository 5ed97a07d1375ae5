import { z } from 'zod';
import type { Operations } from '../openapi/operation.ts';

const page = { 200: { contentType: 'text/html', description: 'A page that needs nothing from elsewhere.' } };

const notBuilt = { 503: { contentType: 'text/html', description: 'The pages are not built.' } };

export const GetAsset = {
  params: z.strictObject({
    file: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'Must be the name of a file.'),
  }),
};

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
  'GET /': {
    tag: 'documents',
    summary: 'The trading page',
    access: 'public',
    weight: 0,
    replies: { ...page, ...notBuilt },
    problems: [],
  },
  'GET /sign-in/callback': {
    tag: 'documents',
    summary: 'Where an OpenID provider sends people back to',
    access: 'public',
    replies: { ...page, ...notBuilt },
    problems: [],
  },
  'GET /console': {
    tag: 'documents',
    summary: 'The operator console',
    access: 'public',
    weight: 0,
    replies: { ...page, ...notBuilt },
    problems: [],
  },
  'GET /assets/:file': {
    tag: 'documents',
    summary: 'What these pages are made of',
    access: 'public',
    weight: 0,
    request: GetAsset,
    replies: {
      200: { contentType: 'application/octet-stream', description: 'A script, a style, a picture.' },
    },
    problems: ['not_found'],
  },
} satisfies Operations;
