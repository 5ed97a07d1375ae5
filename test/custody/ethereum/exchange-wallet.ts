import type { ExecutionContext } from 'ava';
import type { Chain, PaymentOrder, PaymentPlan, PaymentStatus } from '../../../src/custody/chain.ts';
import { createEthereumChain, type EthereumOptions } from '../../../src/custody/ethereum/ethereum-chain.ts';
import type { Result } from '../../../src/domain/rejection.ts';
import { CHAIN_ID, type EvmNode } from './evm-node.ts';

/** The words of BIP-39's own test vectors. */
export const MNEMONIC =
  'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
export const ETHER = 10n ** 18n;
export const NOTHING_TAKEN: ReadonlySet<string> = new Set();

export async function chainOn(
  t: ExecutionContext,
  evm: Pick<EvmNode, 'rpcUrl'>,
  tokens: EthereumOptions['tokens'] = [],
  options: Partial<EthereumOptions> = {},
): Promise<Chain> {
  const chain = await createEthereumChain({
    rpcUrl: evm.rpcUrl,
    chainId: CHAIN_ID,
    mnemonic: MNEMONIC,
    confirmations: 3,
    native: { asset: 'ETH', scale: 18 },
    tokens,
    ...options,
  });
  t.teardown(() => chain.close());
  return chain;
}

/** A token with 6 decimals on the chain, and 8 in the ledger. */
export function tether(contract: string): EthereumOptions['tokens'][number] {
  return { asset: 'USDT', contract, decimals: 6, scale: 8, sweepFromMinor: 10n * 10n ** 8n };
}

export function accepted<Value>(t: ExecutionContext, result: Result<Value>): Value {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}: ${result.refusal.detail}`);
  t.pass();
  return result.value;
}

export async function send(chain: Chain, plan: PaymentPlan): Promise<string> {
  const signed = await chain.sign(plan);
  await chain.broadcast(signed);
  return signed.txId;
}

export async function pay(
  t: ExecutionContext,
  chain: Chain,
  order: PaymentOrder,
  taken: ReadonlySet<string> = NOTHING_TAKEN,
): Promise<{ plan: PaymentPlan; txId: string }> {
  const plan = accepted(t, await chain.plan(order, taken));
  return { plan, txId: await send(chain, plan) };
}

export async function mined(
  chain: Chain,
  txId: string,
): Promise<Extract<PaymentStatus, { readonly type: 'mined' }>> {
  const status = await chain.statusOf(txId);
  if (status.type !== 'mined') throw new Error(`it is ${status.type}`);
  return status;
}
