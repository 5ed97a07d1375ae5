import type { Operations } from '../openapi/operation.ts';
import {
  DepositAddress,
  DepositPage,
  ListDeposits,
  MakeDepositAddress,
  Networks,
  Reconciliation,
} from './schema.ts';

export const custodyOperations = {
  'GET /v1/networks': {
    tag: 'custody',
    summary: 'Networks, and what comes and goes over them',
    access: 'public',
    replies: { 200: { schema: Networks, description: 'As they are now.' } },
    problems: [],
  },
  'POST /v1/deposit-addresses': {
    tag: 'custody',
    summary: 'Where to send an asset to',
    description: 'The same address each time. Only this asset, over this network, may be sent to it.',
    access: 'customer',
    request: MakeDepositAddress,
    replies: { 200: { schema: DepositAddress, description: 'The address.' } },
    problems: ['asset_not_found', 'deposits_disabled', 'network_not_found'],
  },
  'GET /v1/deposits': {
    tag: 'custody',
    summary: 'What arrived for me over networks, newest first',
    access: 'customer',
    scope: 'read',
    weight: 5,
    request: ListDeposits,
    replies: { 200: { schema: DepositPage, description: 'A page.' } },
    problems: [],
  },
  'GET /v1/admin/reconciliation': {
    tag: 'operators',
    summary: 'Custody against the ledger',
    description: 'custody + leaving + lost = ledger + uncredited, for each asset.',
    access: 'operator',
    permission: 'custody.read',
    replies: { 200: { schema: Reconciliation, description: 'As it was looked at last.' } },
    problems: [],
  },
} satisfies Operations;
