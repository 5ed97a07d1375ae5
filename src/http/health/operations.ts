import { z } from 'zod';
import type { Operations } from '../openapi/operation.ts';

export const healthOperations = {
  'GET /health/live': {
    tag: 'health',
    summary: 'Whether the process answers',
    access: 'public',
    weight: 0,
    replies: { 200: { schema: z.strictObject({ status: z.literal('ok') }), description: 'It does.' } },
    problems: [],
  },
  'GET /health/ready': {
    tag: 'health',
    summary: 'Whether the exchange takes orders',
    description: 'False during recovery, while stopping, and after a failure that stops trading.',
    access: 'public',
    weight: 0,
    replies: { 200: { schema: z.strictObject({ status: z.literal('ready') }), description: 'It does.' } },
    problems: ['not_ready'],
  },
  'GET /metrics': {
    tag: 'health',
    summary: 'Metrics for Prometheus',
    access: 'public',
    replies: { 200: { contentType: 'text/plain', description: 'Prometheus text format.' } },
    problems: [],
  },
} satisfies Operations;
