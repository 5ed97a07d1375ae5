import type { Operations } from './operation.ts';

export const documentOperations = {
  'GET /openapi.json': {
    tag: 'documents',
    summary: 'This document',
    access: 'public',
    replies: { 200: { contentType: 'application/json', description: 'OpenAPI 3.1.' } },
    problems: [],
  },
  'GET /docs': {
    tag: 'documents',
    summary: 'The REST API as a page',
    access: 'public',
    replies: { 200: { contentType: 'text/html', description: 'A page that needs nothing from elsewhere.' } },
    problems: [],
  },
} satisfies Operations;
