import {
  BaseError,
  createPublicClient,
  type Hash,
  http,
  type PublicClient,
  parseAbi,
  RpcRequestError,
} from 'viem';
import { ChainUnavailable } from '../chain.ts';
import type { CarriedAssets } from './assets.ts';

export const ERC20 = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function balanceOf(address owner) view returns (uint256)',
  'function decimals() view returns (uint8)',
]);

/** The node answered, and its answer was an error. */
export class NodeRefusal extends Error {
  override readonly name = 'NodeRefusal';
}

/** The node is of another chain than it should be, or a contract counts differently: nobody should go on with it. */
export class WrongChain extends Error {
  override readonly name = 'WrongChain';
}

export interface NodeAccess {
  readonly rpcUrl: string;
  readonly chainId: number;
}

const TIMEOUT_MS = 15_000;
const RETRIES = 1;
/** Calls that go in one request: balances of many addresses are asked for at once. */
const BATCH_SIZE = 50;

/** An Ethereum node by JSON-RPC. Before its first answer is believed it is asked which chain it is of. */
export class EthereumNode {
  readonly #access: NodeAccess;
  readonly #assets: CarriedAssets;
  readonly #client: PublicClient;
  readonly #stopped = new AbortController();
  #checked: Promise<void> | undefined;

  constructor(access: NodeAccess, assets: CarriedAssets) {
    this.#access = access;
    this.#assets = assets;
    this.#client = createPublicClient({
      transport: http(access.rpcUrl, {
        batch: { batchSize: BATCH_SIZE },
        retryCount: RETRIES,
        timeout: TIMEOUT_MS,
        fetchFn: (url, init) => {
          const signals = init?.signal ? [this.#stopped.signal, init.signal] : [this.#stopped.signal];
          return fetch(url, { ...init, signal: AbortSignal.any(signals) });
        },
      }),
    });
  }

  /**
   * @throws {ChainUnavailable} when the node doesn't answer
   * @throws {NodeRefusal} when it answers with an error
   * @throws {WrongChain}
   */
  async call<Answer>(what: string, ask: (client: PublicClient) => Promise<Answer>): Promise<Answer> {
    await this.check();
    return this.#call(what, ask);
  }

  /** As `call`, where no error of the node says anything but that it can't answer now. */
  async read<Answer>(what: string, ask: (client: PublicClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await this.call(what, ask);
    } catch (error) {
      if (error instanceof NodeRefusal) throw new ChainUnavailable(error.message, { cause: error });
      throw error;
    }
  }

  /** Whether it is the right chain with the right contracts; asked until it was found so once. */
  check(): Promise<void> {
    this.#checked ??= this.#check().catch((error: unknown) => {
      this.#checked = undefined;
      throw error;
    });
    return this.#checked;
  }

  tipHeight(): Promise<bigint> {
    // viem remembers a height for some seconds unless told not to.
    return this.read('block number', (client) => client.getBlockNumber({ cacheTime: 0 }));
  }

  /** Whether it has a transaction, taken in or waiting. */
  async knows(hash: Hash): Promise<boolean> {
    return (
      (await this.read('transaction', (client) => orUndefined(client.getTransaction({ hash })))) !== undefined
    );
  }

  close(): void {
    this.#stopped.abort();
  }

  async #check(): Promise<void> {
    const { chainId } = this.#access;
    const found = await this.#call('chain id', (client) => client.getChainId());
    if (found !== chainId) throw new WrongChain(`the Ethereum node is of chain ${found}, not ${chainId}`);
    for (const { symbol, contract, decimals } of this.#assets.tokens) {
      const says = await this.#call(`decimals of ${symbol}`, (client) =>
        client.readContract({ address: contract!, abi: ERC20, functionName: 'decimals' }),
      ).catch((error: unknown) => {
        if (!(error instanceof NodeRefusal)) throw error;
        if (/no data|revert/i.test(error.message))
          throw new WrongChain(`there is no token at the contract of ${symbol}: ${error.message}`);
        throw new ChainUnavailable(error.message, { cause: error });
      });
      if (says !== decimals)
        throw new WrongChain(`the contract of ${symbol} counts in ${says} decimals, not ${decimals}`);
    }
  }

  async #call<Answer>(what: string, ask: (client: PublicClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(this.#client);
    } catch (error) {
      if (!(error instanceof BaseError))
        throw new ChainUnavailable(`Ethereum node, ${what}`, { cause: error });
      const message = `Ethereum node, ${what}: ${error.details || error.shortMessage}`;
      const isAnswer = error.walk((cause) => cause instanceof RpcRequestError) !== null;
      const isNoContract = error.name === 'ContractFunctionExecutionError' && !isUnreached(error);
      if (isAnswer || isNoContract) throw new NodeRefusal(message, { cause: error });
      throw new ChainUnavailable(message, { cause: error });
    }
  }
}

function isUnreached(error: BaseError): boolean {
  const names = new Set(['HttpRequestError', 'TimeoutError', 'AbortError', 'SocketClosedError']);
  return error.walk((cause) => cause instanceof Error && names.has(cause.name)) !== null;
}

const NOT_FOUND = new Set([
  'BlockNotFoundError',
  'TransactionNotFoundError',
  'TransactionReceiptNotFoundError',
]);

/** viem throws for what a node doesn't have. */
export async function orUndefined<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BaseError && NOT_FOUND.has(error.name)) return undefined;
    throw error;
  }
}
