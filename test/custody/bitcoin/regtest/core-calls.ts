import { HDKey } from '@scure/bip32';
import { p2wpkh } from '@scure/btc-signer';
import type { Bcoin, BcoinTransaction, FullNode, RpcCall } from './bcoin.ts';
import { reversed } from './bcoin.ts';

/**
 * Calls that bcoin lacks or answers otherwise, as Bitcoin Core 28 documents them (`bitcoin-cli help <call>`): their state and their
 * verdicts are bcoin's, only the form is made here.
 */
export function coreCalls(
  { TX, Address }: Bcoin,
  node: FullNode,
  fees: { readonly expectedFeeRate: number | undefined; readonly leastFeeRate: number },
): Record<string, RpcCall> {
  const { chain, mempool, rpc } = node;
  const original = { ...rpc.calls };
  const native = (name: string, params: readonly unknown[]) => original[name]!.call(rpc, params);

  return {
    async getblock([hash, verbosity]) {
      if (verbosity !== 2) return native('getblock', [hash, verbosity]);
      const block = await chain.getBlock(reversed(hash as string));
      const view = await chain.getBlockView(block);
      return {
        hash,
        tx: block.txs.map((tx, number) => ({
          txid: tx.txid(),
          ...(number > 0 && { fee: bitcoins(tx.getFee(view)) }),
        })),
      };
    },

    async scantxoutset([action, descriptors]) {
      if (action !== 'start') throw rpcError(-8, `Invalid action '${action}'`);
      const [{ desc, range }] = descriptors as [{ desc: string; range: [number, number] }];
      const scripts = scriptsOf(desc, range);
      const addresses = scripts.map((script) => Address.fromWitnessPubkeyhash(script.subarray(2)));
      const coins = await chain.getCoinsByAddress(addresses);
      return {
        success: true,
        txouts: coins.length,
        height: chain.height,
        bestblock: chain.tip.rhash(),
        unspents: coins.map((coin) => ({
          txid: reversed(coin.hash),
          vout: coin.index,
          scriptPubKey: coin.script.toRaw().toString('hex'),
          desc,
          amount: bitcoins(coin.value),
          coinbase: coin.coinbase,
          height: coin.height,
        })),
      };
    },

    async gettxout([txid, n, includeMempool]) {
      if (includeMempool && mempool.getSpent(reversed(txid as string), n as number)) return null;
      return native('gettxout', [txid, n, includeMempool]);
    },

    async getmempoolentry([txid]) {
      if (!mempool.getEntry(reversed(txid as string))) throw rpcError(-5, 'Transaction not in mempool');
      return native('getmempoolentry', [txid]);
    },

    async estimatesmartfee([blocks]) {
      const feerate = fees.expectedFeeRate;
      return feerate === undefined
        ? { errors: ['Insufficient data or no feerate found'], blocks }
        : { feerate, blocks };
    },

    async getmempoolinfo() {
      return {
        ...((await native('getmempoolinfo', [])) as object),
        mempoolminfee: fees.leastFeeRate,
        incrementalrelayfee: 0.00001,
      };
    },

    async sendrawtransaction([raw]) {
      const tx = decoded(raw as string);
      const hash = tx.hash('hex');
      if (mempool.getEntry(hash)) return tx.txid();
      for (const output of tx.outputs.keys()) {
        if (await chain.getCoin(hash, output)) throw rpcError(-27, 'Transaction outputs already in utxo set');
      }
      const least = Math.ceil(fees.leastFeeRate * 1e5 * tx.getVirtualSize());
      const fee = tx.getFee(await mempool.getCoinView(tx));
      if (fee > 0 && fee < least) throw rpcError(-26, `mempool min fee not met, ${fee} < ${least}`);
      await replaceConflicts(tx);
      const missing = await mempool.addTX(tx).catch((error: { reason?: string; message: string }) => {
        throw rpcError(-26, error.reason ?? error.message);
      });
      // bcoin keeps it until its inputs arrive; Bitcoin Core does that with what its peers send, not with what it is told.
      mempool.removeOrphan(hash);
      if (missing) throw rpcError(-25, 'bad-txns-inputs-missingorspent');
      return tx.txid();
    },
  };

  /** Rules 1, 3 and 4 of BIP-125, which bcoin lacks: it never lets one transaction take the place of another. */
  async function replaceConflicts(tx: BcoinTransaction) {
    const conflicts = new Set(
      tx.inputs.flatMap(({ prevout }) => mempool.getSpent(prevout.hash, prevout.index) ?? []),
    );
    if (conflicts.size === 0) return;
    const entries = [...conflicts];
    if (!entries.every(({ tx: replaced }) => isReplaceable(replaced)))
      throw rpcError(-26, 'txn-mempool-conflict');
    const replacedFee = entries.reduce((total, { fee }) => total + fee, 0);
    const view = await mempool.getCoinView(tx);
    if (tx.getFee(view) < replacedFee + tx.getVirtualSize()) {
      throw rpcError(-26, 'insufficient fee, rejecting replacement');
    }
    for (const entry of entries) mempool.evictEntry(entry);
  }

  function decoded(raw: string): BcoinTransaction {
    try {
      return TX.fromRaw(Buffer.from(raw, 'hex'));
    } catch {
      throw rpcError(-22, 'TX decode failed. Make sure the tx has at least one input.');
    }
  }
}

function isReplaceable({ inputs }: BcoinTransaction): boolean {
  return inputs.some(({ sequence }) => sequence < 0xfffffffe);
}

/** `wpkh(tpub…/0/*)`: the one kind of descriptor that the exchange uses. */
function scriptsOf(descriptor: string, [from, to]: [number, number]): Buffer[] {
  const key = /^wpkh\((tpub[1-9A-HJ-NP-Za-km-z]+)\/0\/\*\)$/.exec(descriptor)?.[1];
  if (key === undefined) throw rpcError(-5, `'${descriptor}' is not a valid descriptor`);
  const branch = HDKey.fromExtendedKey(key, { private: 0x04358394, public: 0x043587cf }).deriveChild(0);
  return Array.from({ length: to - from + 1 }, (_, number) =>
    Buffer.from(p2wpkh(branch.deriveChild(from + number).publicKey!).script),
  );
}

function bitcoins(sats: number): number {
  return Number((sats / 1e8).toFixed(8));
}

function rpcError(code: number, message: string): Error {
  return Object.assign(new Error(message), { type: 'RPCError', code });
}
