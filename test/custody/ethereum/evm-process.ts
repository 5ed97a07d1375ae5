/**
 * The process in which Hardhat's nodes run: its native code does not bear being loaded by several threads of one process, as test
 * files are. Starts a node for each message `start` and answers with its port; a message with a port stops that one.
 */
import { createHardhatRuntimeEnvironment } from 'hardhat/hre';
import { CHAIN_ID } from './evm-node.ts';

type Server = Awaited<ReturnType<typeof hre.network.createServer>>;

const hre = await createHardhatRuntimeEnvironment({
  networks: { evm: { type: 'edr-simulated', chainType: 'l1', chainId: CHAIN_ID } },
});
const servers = new Map<number, Server>();

process.on('message', async ({ id, stop }: { readonly id: number; readonly stop?: number }) => {
  if (stop === undefined) {
    const server = await hre.network.createServer('evm', '127.0.0.1');
    const { port } = await server.listen();
    servers.set(port, server);
    process.send!({ id, port });
    return;
  }
  await servers.get(stop)!.close();
  servers.delete(stop);
  process.send!({ id, port: stop });
});
// The tests are over, however they ended.
process.on('disconnect', () => process.exit(0));
