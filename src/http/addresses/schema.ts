import { z } from 'zod';
import { networkName } from '../custody/schema.ts';
import { shownFactorFields, withOneFactor } from '../factors/schema.ts';
import { assetSymbol } from '../wire.ts';
import { addressText } from '../withdrawals/schema.ts';

const time = z.iso.datetime();
const addressIdText = z.string().regex(/^wa_[A-Za-z0-9_-]{20}$/, 'Must be the id of an address of the book.');
const label = z.string().trim().min(1).max(64).meta({ description: 'For people.', example: 'cold wallet' });

export const ListedAddress = z
  .strictObject({
    id: addressIdText,
    label,
    network: networkName,
    address: z.string(),
    asset: assetSymbol.nullable().meta({ description: 'null: every asset of the network.' }),
    usableFrom: time.meta({ description: 'Where withdrawals may go to listed addresses only.' }),
    createdAt: time,
  })
  .meta({ id: 'ListedAddress' });
export const AddressBook = z
  .strictObject({
    allowListOnly: z.boolean().meta({ description: 'Whether withdrawals may go only to these addresses.' }),
    addresses: z.array(ListedAddress).readonly(),
  })
  .meta({ id: 'AddressBook' });

export const AddAddress = {
  body: withOneFactor(
    z.strictObject({
      label,
      network: networkName,
      address: addressText,
      asset: assetSymbol.optional(),
      ...shownFactorFields,
    }),
  ).meta({ id: 'AddWithdrawalAddress' }),
};
export const RemoveAddress = { params: z.strictObject({ addressId: addressIdText }) };
export const SetAllowList = {
  body: withOneFactor(z.strictObject({ only: z.boolean(), ...shownFactorFields })).meta({
    id: 'SetAllowList',
  }),
};
