import { createServer } from 'node:net';
import { hex } from '@scure/base';
import { Address, p2wpkh, SigHash, TEST_NETWORK, Transaction } from '@scure/btc-signer';
import { pubECDSA } from '@scure/btc-signer/utils.js';
import {
  type Bcoin,
  type BcoinEntry,
  type BcoinTransaction,
  type FullNode,
  loadBcoin,
  reversed,
} from './bcoin.ts';
import { coreCalls } from './core-calls.ts';

const MINER_KEY = new Uint8Array(32).fill(7);
const MINER_SCRIPT = p2wpkh(pubECDSA(MINER_KEY)).script;
const NETWORK = { ...TEST_NETWORK, bech32: 'bcrt' };
/** Segwit has been voted in by then (BIP-9, three periods of 144 blocks), and a hundred blocks' coins can be spent. */
const FIRST_BLOCKS = 440;
const FEE_SATS = 10_000n;

/** A node that starts with an empty chain of its own, mines when it is told to and pays out of what it has mined. */
export class RegtestNode {
  readonly rpcUrl: string;
  readonly user = 'tester';
  readonly password = 'regtest-password';
  readonly #bcoin: Bcoin;
  readonly #node: FullNode;
  #nextCoinbase = 1;
  #stopped = false;
  /** Bitcoins for each 1,000 virtual bytes that it says are wanted; undefined: it has seen too little to say. */
  expectedFeeRate: number | undefined;
  /** Bitcoins for each 1,000 virtual bytes: the memory pool lets in nothing that pays less. */
  leastFeeRate = 0.00001;
  /** Names of the calls that were made over HTTP, in order. */
  readonly calls: string[] = [];

  private constructor(bcoin: Bcoin, port: number) {
    this.rpcUrl = `http://127.0.0.1:${port}`;
    this.#bcoin = bcoin;
    this.#node = new bcoin.FullNode({
      network: 'regtest',
      memory: true,
      workers: false,
      listen: false,
      indexAddress: true,
      replaceByFee: true,
      httpHost: '127.0.0.1',
      httpPort: port,
      apiKey: this.password,
    });
  }

  static async start(): Promise<RegtestNode> {
    const bcoin = loadBcoin();
    const regtest = new RegtestNode(bcoin, await freePort());
    const node = regtest.#node;
    // bcoin reports refused transactions as errors of the node, too; the caller of RPC is told.
    node.on('error', () => undefined);
    // All nodes of a process share one clock.
    node.network.time.setMaxListeners(0);
    await node.open();
    Object.assign(node.rpc.calls, coreCalls(bcoin, node, regtest));
    for (const [name, call] of Object.entries(node.rpc.calls)) {
      node.rpc.calls[name] = function counted(this: unknown, params) {
        regtest.calls.push(name);
        return call.call(this, params);
      };
    }
    node.miner.addAddress(bcoin.Address.fromWitnessPubkeyhash(Buffer.from(MINER_SCRIPT.subarray(2))));
    await regtest.mine(FIRST_BLOCKS);
    return regtest;
  }

  get height(): number {
    return this.#node.chain.height;
  }

  /** Blocks of what is in the memory pool. */
  async mine(blocks = 1) {
    for (let left = blocks; left > 0; left -= 1) {
      const job = await this.#node.miner.createJob();
      await this.#node.chain.add(await job.mineAsync());
    }
  }

  /** A block whose new coins go to an address. */
  async mineTo(address: string) {
    const { hash } = Address(NETWORK).decode(address) as { hash: Uint8Array };
    const to = this.#bcoin.Address.fromWitnessPubkeyhash(Buffer.from(hash));
    const job = await this.#node.miner.createJob(undefined, to);
    await this.#node.chain.add(await job.mineAsync());
  }

  /** A block of just these transactions, whether the memory pool would have had them or not. */
  async mineOnly(rawTransactions: readonly string[], parent?: BcoinEntry): Promise<BcoinEntry> {
    const job = await this.#node.miner.createJob(parent);
    job.attempt.items = [];
    job.attempt.fees = 0;
    for (const raw of rawTransactions) {
      const tx = this.#bcoin.TX.fromRaw(Buffer.from(raw, 'hex'));
      job.addTX(tx, await this.#node.mempool.getCoinView(tx));
    }
    job.refresh();
    const entry = await this.#node.chain.add(await job.mineAsync());
    if (entry === null) throw new Error('the block did not fit onto the chain');
    return entry;
  }

  /** Leaves the blocks above a height for others, one more of them and with nothing in them. */
  async reorganizeAbove(height: number) {
    const { chain } = this.#node;
    const left: BcoinTransaction[] = [];
    for (let number = height + 1; number <= chain.height; number += 1) {
      const entry = await chain.getEntry(number);
      left.push(...(await chain.getBlock(entry!.hash)).txs.slice(1));
    }
    const blocks = chain.height - height + 1;
    let parent = (await chain.getEntry(height)) ?? undefined;
    for (let number = 1; number <= blocks; number += 1) parent = await this.mineOnly([], parent);
    // What was mined waits again, as in Bitcoin Core; bcoin forgets it when nothing else waits.
    for (const tx of left) if (!this.isInMemoryPool(tx.txid())) await this.#node.mempool.addTX(tx);
  }

  /** Pays with a transaction that is in the memory pool afterwards. */
  async pay(outputs: readonly { readonly address: string; readonly sats: bigint }[]): Promise<string> {
    const raw = await this.transactionTo(outputs);
    await this.#call('sendrawtransaction', [raw]);
    return this.#bcoin.TX.fromRaw(Buffer.from(raw, 'hex')).txid();
  }

  /** A signed transaction out of the coins of one block of the beginning. */
  async transactionTo(
    outputs: readonly { readonly address: string; readonly sats: bigint }[],
  ): Promise<string> {
    const { tx, value } = await this.#coinbase();
    const transaction = new Transaction();
    transaction.addInput({
      txid: hex.decode(tx.txid()),
      index: 0,
      witnessUtxo: { script: MINER_SCRIPT, amount: value },
    });
    for (const { address, sats } of outputs) transaction.addOutputAddress(address, sats, NETWORK);
    const change = outputs.reduce((left, { sats }) => left - sats, value) - FEE_SATS;
    transaction.addOutput({ script: MINER_SCRIPT, amount: change });
    transaction.signIdx(MINER_KEY, 0, [SigHash.ALL]);
    transaction.finalize();
    return transaction.hex;
  }

  /** What an output is worth while it is unspent in the chain. */
  async coinsAt(txId: string, output: number): Promise<bigint | undefined> {
    const coin = await this.#node.chain.getCoin(reversed(txId), output);
    return coin === null ? undefined : BigInt(coin.value);
  }

  isInMemoryPool(txId: string): boolean {
    return this.#node.mempool.getEntry(reversed(txId)) !== undefined;
  }

  /** Takes a transaction out of the memory pool, as nodes do with what nobody mines. */
  forget(txId: string) {
    const entry = this.#node.mempool.getEntry(reversed(txId));
    if (entry) this.#node.mempool.evictEntry(entry);
  }

  callsOf(name: string): number {
    return this.calls.filter((call) => call === name).length;
  }

  async stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#node.close();
  }

  async #coinbase(): Promise<{ tx: BcoinTransaction; value: bigint }> {
    const entry = await this.#node.chain.getEntry(this.#nextCoinbase);
    this.#nextCoinbase += 1;
    const tx = (await this.#node.chain.getBlock(entry!.hash)).txs[0]!;
    const coin = await this.#node.chain.getCoin(tx.hash('hex'), 0);
    return { tx, value: BigInt(coin!.value) };
  }

  async #call(method: string, params: readonly unknown[]) {
    const response = await fetch(this.rpcUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}` },
      body: JSON.stringify({ method, params, id: 1 }),
    });
    const { result, error } = (await response.json()) as {
      result: unknown;
      error: { message: string } | null;
    };
    if (error) throw new Error(error.message);
    return result;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
