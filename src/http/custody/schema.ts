import { z } from 'zod';
import { assetSymbol, cursor, decimal, limit, page, signedDecimal } from '../wire.ts';

export const networkName = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, 'Must be the name of a network such as "bitcoin".')
  .meta({ example: 'bitcoin' });

const terms = {
  withdrawalFee: decimal,
  minWithdrawal: decimal,
  minDeposit: decimal,
  deposits: z.boolean().meta({ description: 'Whether deposits are open.' }),
  withdrawals: z.boolean().meta({ description: 'Whether withdrawals are open.' }),
};
export const Way = z
  .strictObject({ asset: assetSymbol, network: networkName, ...terms })
  .meta({ id: 'AssetNetwork' });

export const SetWay = {
  params: z.strictObject({ network: networkName, asset: assetSymbol }),
  body: z.strictObject(terms).meta({
    id: 'SetAssetNetwork',
    example: {
      withdrawalFee: '0.0002',
      minWithdrawal: '0.001',
      minDeposit: '0.0001',
      deposits: true,
      withdrawals: false,
    },
  }),
};

export const Networks = z
  .strictObject({
    networks: z
      .array(
        z
          .strictObject({
            network: networkName,
            name: z.string(),
            confirmations: z.int().meta({ description: 'How many blocks deep a transaction is final.' }),
            assets: z.array(Way).readonly(),
          })
          .meta({ id: 'Network' }),
      )
      .readonly(),
  })
  .meta({ id: 'Networks' });

export const MakeDepositAddress = {
  body: z
    .strictObject({
      asset: assetSymbol,
      network: networkName
        .optional()
        .meta({ description: 'May be left out where the asset is on one network only.' }),
    })
    .meta({ id: 'MakeDepositAddress', example: { asset: 'BTC' } }),
};
export const DepositAddress = z
  .strictObject({
    asset: assetSymbol,
    network: networkName,
    address: z.string(),
    uri: z.string().meta({ description: 'What a wallet reads from a QR code.' }),
    confirmations: z.int(),
    minDeposit: decimal.meta({ description: 'What is below it is not credited.' }),
  })
  .meta({ id: 'DepositAddress' });

export const ListDeposits = { query: z.strictObject({ limit: limit(500, 100), cursor }) };
const Deposit = z
  .strictObject({
    id: z.string(),
    asset: assetSymbol,
    network: networkName,
    amount: decimal,
    address: z.string(),
    txId: z.string(),
    confirmations: z.int().nullable().meta({ description: 'null: not known at the moment.' }),
    requiredConfirmations: z.int().nullable(),
    status: z
      .enum(['pending', 'credited', 'below_minimum', 'orphaned'])
      .meta({ description: '`orphaned`: its block is no longer part of the chain; it may come back.' }),
    detectedAt: z.iso.datetime(),
    creditedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ChainDeposit' });
export const DepositPage = page(Deposit).meta({ id: 'ChainDepositPage' });

export const Reconciliation = z
  .strictObject({
    at: z.iso.datetime().nullable().meta({ description: 'null: not looked at yet.' }),
    ok: z.boolean(),
    assets: z
      .array(
        z
          .strictObject({
            asset: assetSymbol,
            custody: signedDecimal.meta({ description: 'What is under our addresses.' }),
            ledger: signedDecimal.meta({ description: 'What the ledger says is in our keeping.' }),
            uncredited: signedDecimal,
            leaving: signedDecimal,
            lost: signedDecimal,
            simulated: signedDecimal.meta({ description: 'Credited without a network; not in production.' }),
            difference: signedDecimal.meta({ description: 'What nothing explains.' }),
            ok: z.boolean(),
          })
          .meta({ id: 'AssetReconciliation' }),
      )
      .readonly(),
  })
  .meta({ id: 'Reconciliation' });
