import type { Operations } from '../openapi/operation.ts';
import {
  DepositAddress,
  DepositPage,
  ListDeposits,
  MakeDepositAddress,
  Networks,
  Reconciliation,
  SetWay,
  Way,
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
  'PUT /v1/admin/networks/:network/assets/:asset': {
    tag: 'operators',
    summary: 'Set the fee and the least amounts of an asset on a network, open or close it',
    description: 'For what is asked for, and what is credited, from now on.',
    access: 'operator',
    permission: 'withdrawals.manage',
    request: SetWay,
    replies: { 200: { schema: Way, description: 'As it is now.' } },
    problems: ['asset_not_found', 'invalid_amount', 'network_not_found', 'too_many_decimals'],
  },
  'GET /v1/admin/reconciliation': {
    tag: 'operators',
    summary: 'Custody against the ledger',
    description: 'custody + leaving + lost + simulated = ledger + uncredited, for each asset.',
    access: 'operator',
    permission: 'custody.read',
    replies: { 200: { schema: Reconciliation, description: 'As it was looked at last.' } },
    problems: [],
  },
} satisfies Operations;
