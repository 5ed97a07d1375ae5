import type { ExecutionContext } from 'ava';
import { type BitcoinOptions, createBitcoinChain } from '../../../../src/custody/bitcoin/bitcoin-chain.ts';
import type { Chain, PaymentPlan } from '../../../../src/custody/chain.ts';
import type { RegtestNode } from './regtest-node.ts';

/** The mnemonic of BIP-84's test vectors. */
export const KNOWN_MNEMONIC =
  'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

export const CONFIRMATIONS = 3;

/** Somebody's address on regtest: the one of BIP-173's examples. */
export const OUTSIDE = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

export function walletOn(node: RegtestNode, options: Partial<BitcoinOptions> = {}): Promise<Chain> {
  const { rpcUrl, user, password } = node;
  return createBitcoinChain({
    rpcUrl,
    user,
    password,
    network: 'regtest',
    mnemonic: KNOWN_MNEMONIC,
    confirmations: CONFIRMATIONS,
    asset: 'BTC',
    scale: 8,
    floorSatsPerVbyte: 2n,
    capSatsPerVbyte: 100n,
    lookahead: 20,
    ...options,
  });
}

/** Pays to numbered addresses of the exchange, one output each, and waits until it is final. */
export async function deposit(
  node: RegtestNode,
  chain: Chain,
  outputs: readonly [index: number, sats: bigint][],
) {
  const txId = await node.pay(
    await Promise.all(
      outputs.map(async ([index, sats]) => ({ address: await chain.addressOf(index), sats })),
    ),
  );
  await node.mine(CONFIRMATIONS);
  return txId;
}

export async function planned(
  t: ExecutionContext,
  chain: Chain,
  sats: bigint,
  { taken = new Set<string>(), replaces }: { taken?: ReadonlySet<string>; replaces?: PaymentPlan } = {},
): Promise<PaymentPlan> {
  const plan = await chain.plan({ asset: 'BTC', address: OUTSIDE, amountMinor: sats }, taken, replaces);
  if (!plan.ok) return t.fail(JSON.stringify(plan.refusal)) as never;
  return plan.value;
}

/** Plans, signs and sends a payment, as the payer does. */
export async function paid(t: ExecutionContext, chain: Chain, sats: bigint, taken?: ReadonlySet<string>) {
  const plan = await planned(t, chain, sats, taken && { taken });
  const signed = await chain.sign(plan);
  await chain.broadcast(signed);
  return { plan, signed };
}
