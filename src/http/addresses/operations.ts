import type { Operations } from '../openapi/operation.ts';
import { AddAddress, AddressBook, ListedAddress, RemoveAddress, SetAllowList } from './schema.ts';

const FACTOR = ['invalid_challenge', 'invalid_code', 'invalid_passkey'] as const;

export const addressOperations = {
  'GET /v1/withdrawal-addresses': {
    tag: 'custody',
    summary: 'My address book',
    access: 'customer',
    replies: { 200: { schema: AddressBook, description: 'The newest first.' } },
    problems: [],
  },
  'POST /v1/withdrawal-addresses': {
    tag: 'custody',
    summary: 'List an address',
    description:
      'Takes the second factor (`POST /v1/auth/step-up/options` for a passkey) and is told by mail. Where withdrawals may go to ' +
      'listed addresses only, and for keys, it may be used after a while, so that its owner has time to notice.',
    access: 'customer',
    request: AddAddress,
    replies: { 201: { schema: ListedAddress, description: 'It is listed.' } },
    problems: [
      'address_listed',
      'asset_not_found',
      'invalid_address',
      'network_not_found',
      'too_many_addresses',
      ...FACTOR,
    ],
  },
  'DELETE /v1/withdrawal-addresses/:addressId': {
    tag: 'custody',
    summary: 'Take an address off the book',
    access: 'customer',
    request: RemoveAddress,
    replies: { 204: { description: 'It is gone.' } },
    problems: ['not_found'],
  },
  'PUT /v1/me/allow-list': {
    tag: 'custody',
    summary: 'Let withdrawals go to listed addresses only, or to any again',
    description: 'To any again holds withdrawals back for a day.',
    access: 'customer',
    request: SetAllowList,
    replies: { 200: { schema: AddressBook, description: 'As it is now.' } },
    problems: [...FACTOR],
  },
} satisfies Operations;
