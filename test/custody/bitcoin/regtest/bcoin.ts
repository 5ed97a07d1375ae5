import { createRequire } from 'node:module';

/** What the tests use of bcoin; see README.md. Hashes as it keeps them: hexadecimal, from the first byte to the last. */
export interface Bcoin {
  readonly FullNode: new (options: Record<string, unknown>) => FullNode;
  readonly Address: { fromWitnessPubkeyhash(hash: Buffer): BcoinAddress };
  readonly TX: { fromRaw(raw: Buffer): BcoinTransaction };
}

export type BcoinAddress = { readonly hash: Buffer };

export interface BcoinTransaction {
  readonly inputs: readonly {
    readonly prevout: { readonly hash: string; readonly index: number };
    readonly sequence: number;
  }[];
  readonly outputs: readonly unknown[];
  hash(encoding: 'hex'): string;
  txid(): string;
  getVirtualSize(): number;
  getFee(view: unknown): number;
}

export interface BcoinBlock {
  readonly txs: readonly BcoinTransaction[];
}

export interface BcoinEntry {
  readonly hash: string;
  readonly height: number;
  rhash(): string;
}

export interface BcoinCoin {
  readonly hash: string;
  readonly index: number;
  readonly value: number;
  readonly height: number;
  readonly coinbase: boolean;
  readonly script: { toRaw(): Buffer };
}

export interface PoolEntry {
  readonly tx: BcoinTransaction;
  readonly fee: number;
}

export interface FullNode {
  readonly chain: {
    readonly height: number;
    readonly tip: BcoinEntry;
    getEntry(heightOrHash: number | string): Promise<BcoinEntry | null>;
    getBlock(hash: string): Promise<BcoinBlock>;
    getBlockView(block: BcoinBlock): Promise<unknown>;
    getCoin(hash: string, index: number): Promise<BcoinCoin | null>;
    getCoinsByAddress(addresses: readonly BcoinAddress[]): Promise<BcoinCoin[]>;
    add(block: BcoinBlock): Promise<BcoinEntry | null>;
  };
  readonly mempool: {
    getEntry(hash: string): PoolEntry | undefined;
    getSpent(hash: string, index: number): PoolEntry | undefined;
    evictEntry(entry: PoolEntry): void;
    removeOrphan(hash: string): void;
    addTX(transaction: BcoinTransaction): Promise<readonly string[] | undefined>;
    getCoinView(transaction: BcoinTransaction): Promise<unknown>;
  };
  readonly miner: {
    addAddress(address: BcoinAddress): void;
    createJob(tip?: BcoinEntry, address?: BcoinAddress): Promise<MiningJob>;
  };
  readonly network: { readonly time: { setMaxListeners(count: number): void } };
  readonly rpc: { readonly calls: Record<string, RpcCall> };
  on(event: 'error', listener: (error: Error) => void): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface MiningJob {
  readonly attempt: { items: unknown[]; fees: number };
  addTX(transaction: BcoinTransaction, view: unknown): boolean;
  refresh(): void;
  mineAsync(): Promise<BcoinBlock>;
}

export type RpcCall = (params: readonly unknown[]) => Promise<unknown>;

/** Loaded when it is first wanted: it reads from the environment that it has to do without native code. */
export function loadBcoin(): Bcoin {
  process.env['NODE_BACKEND'] = 'js';
  // It is of 2018, and uses what Node.js would have it use no longer.
  process.noDeprecation = true;
  return createRequire(import.meta.url)('./bcoin-1.0.2.cjs') as Bcoin;
}

/** Between the two ways to write a hash. */
export function reversed(hash: string): string {
  return Buffer.from(hash, 'hex').reverse().toString('hex');
}
