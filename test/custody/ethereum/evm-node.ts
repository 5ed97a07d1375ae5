import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ExecutionContext } from 'ava';
import {
  type Abi,
  type Address,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hash,
  type Hex,
  keccak256,
  stringToHex,
} from 'viem';

/** A real EVM with a chain of its own for one test, asked by JSON-RPC as any Ethereum node is. */
export interface EvmNode {
  readonly rpcUrl: string;
  rpc<Answer = unknown>(method: string, ...params: unknown[]): Promise<Answer>;
  /** Somebody outside sends a transaction; mined at once unless `automine` is off. */
  send(transaction: {
    readonly to?: string;
    readonly value?: bigint;
    readonly data?: Hex;
    readonly gas?: bigint;
    /** In wei for a unit of gas: by it the next block is put in order. */
    readonly tip?: bigint;
  }): Promise<Hash>;
  /** Puts a contract on the chain. */
  deploy(code: Hex): Promise<Address>;
  deployToken(decimals?: number): Promise<TestToken>;
  tip(): Promise<number>;
  mine(blocks?: number): Promise<void>;
  automine(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TestToken {
  readonly address: Address;
  mint(to: string, units: bigint): Promise<Hash>;
  /** Comes before all else that waits. */
  pause(): Promise<Hash>;
  grantMinter(to: string): Promise<Hash>;
  balanceOf(owner: string): Promise<bigint>;
}

const GWEI = 10n ** 9n;
export const CHAIN_ID = 31337;
/** Of Hardhat: everybody outside of the exchange. */
export const OUTSIDER: Address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
export const PAYEE: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

const artifact = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve(
      '@openzeppelin/contracts/build/contracts/ERC20PresetMinterPauser.json',
    ),
    'utf8',
  ),
) as { abi: Abi; bytecode: Hex };

let child: ChildProcess | undefined;
let lastId = 0;
let unanswered = 0;

/** @param stop port of a node to stop; left out: one is started. @returns its port */
function ask(stop?: number): Promise<number> {
  if (child === undefined) {
    child = fork(new URL('./evm-process.ts', import.meta.url), { execArgv: [] });
    child.setMaxListeners(0);
    // It ends when the test file does, which waits for it only while something is asked.
    child.unref();
    child.channel!.unref();
  }
  const running = child;
  const id = ++lastId;
  unanswered += 1;
  running.channel!.ref();
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process of the nodes ended with ${code}`));
    running.once('exit', ended);
    running.on('message', function answered(answer: { readonly id: number; readonly port: number }) {
      if (answer.id !== id) return;
      running.off('message', answered).off('exit', ended);
      unanswered -= 1;
      if (unanswered === 0) running.channel!.unref();
      resolve(answer.port);
    });
    running.send({ id, stop });
  });
}

export async function startEvmNode(t: ExecutionContext): Promise<EvmNode> {
  const port = await ask();
  const rpcUrl = `http://127.0.0.1:${port}`;
  let isRunning = true;
  const stop = async () => {
    if (isRunning) await ask(port);
    isRunning = false;
  };
  t.teardown(stop);

  const rpc = async <Answer>(method: string, ...params: unknown[]): Promise<Answer> => {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: Answer; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const hex = (value: bigint | undefined) => (value === undefined ? undefined : `0x${value.toString(16)}`);
  const send: EvmNode['send'] = ({ to, value, data, gas = 5_000_000n, tip = GWEI }) =>
    rpc('eth_sendTransaction', {
      from: OUTSIDER,
      to,
      data,
      value: hex(value),
      gas: hex(gas),
      maxPriorityFeePerGas: hex(tip),
      maxFeePerGas: hex(10n * GWEI + tip),
    });

  async function deploy(data: Hex): Promise<Address> {
    const hash = await send({ data });
    const { contractAddress } = await rpc<{ contractAddress: Address }>('eth_getTransactionReceipt', hash);
    return getAddress(contractAddress);
  }

  return {
    rpcUrl,
    rpc,
    send,
    deploy,
    async deployToken(decimals = 18) {
      const { abi } = artifact;
      const bytecode = withDecimals(artifact.bytecode, decimals);
      const address = await deploy(encodeDeployData({ abi, bytecode, args: ['Token', 'TKN'] }));
      const dataOf = (functionName: string, ...args: unknown[]) =>
        encodeFunctionData({ abi, functionName, args });
      const call = (functionName: string, ...args: unknown[]) =>
        send({ to: address, data: dataOf(functionName, ...args) });
      return {
        address,
        mint: (to, units) => call('mint', to, units),
        pause: () => send({ to: address, data: dataOf('pause'), tip: 50n * GWEI }),
        grantMinter: (to) => call('grantRole', keccak256(stringToHex('MINTER_ROLE')), to),
        balanceOf: async (owner) =>
          BigInt(await rpc<Hex>('eth_call', { to: address, data: dataOf('balanceOf', owner) }, 'latest')),
      };
    },
    tip: async () => Number(await rpc<Hex>('eth_blockNumber')),
    async mine(blocks = 1) {
      await rpc('hardhat_mine', `0x${blocks.toString(16)}`);
    },
    async automine(on) {
      await rpc('evm_setAutomine', on);
    },
    stop,
  };
}

/**
 * OpenZeppelin's token always has 18 decimals, and there is no compiler here: the one place in its code that says so (it pushes
 * 0x12 and stores it for the answer) is changed.
 */
function withDecimals(bytecode: Hex, decimals: number): Hex {
  const pushed = '601281526020';
  if (bytecode.split(pushed).length !== 2) throw new Error('the code of the token is not what it was');
  return bytecode.replace(pushed, `60${decimals.toString(16).padStart(2, '0')}81526020`) as Hex;
}

/** Deploys these bytes of a contract: a few lines of assembler are enough for contracts that misbehave. */
export function deploymentOf(runtime: string): Hex {
  const length = (runtime.length / 2).toString(16).padStart(4, '0');
  // PUSH2 length, DUP1, PUSH1 10 (where the contract's code begins), RETURNDATASIZE (0), CODECOPY, RETURNDATASIZE, RETURN
  return `0x61${length}80600a3d393df3${runtime}`;
}
