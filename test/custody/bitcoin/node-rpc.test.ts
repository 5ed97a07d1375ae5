/** What a node may answer besides results: Bitcoin Core's answers in their real form, played by a small server. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { BITCOIN_NETWORKS } from '../../../src/custody/bitcoin/network.ts';
import { BitcoinNode } from '../../../src/custody/bitcoin/node.ts';
import { type NodeAccess, NodeRefusal, NodeRpc } from '../../../src/custody/bitcoin/node-rpc.ts';
import { ChainUnavailable } from '../../../src/custody/chain.ts';

async function nodeThat(t: ExecutionContext, answer: RequestListener, access: Partial<NodeAccess> = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const rpc = new NodeRpc({
    rpcUrl: `http://127.0.0.1:${port}`,
    user: 'user',
    password: 'pass:word',
    ...access,
  });
  return { rpc, node: new BitcoinNode(rpc, BITCOIN_NETWORKS.main) };
}

/** Legacy answers of JSON-RPC 1.0: errors come with status 500, or 404 for a method that isn't there. */
function answering(result: unknown, error: { code: number; message: string } | null = null): RequestListener {
  return (_request, response) => {
    response.writeHead(error ? 500 : 200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ result, error, id: 'x' })}\n`);
  };
}

const UNREACHABLE: Readonly<Record<string, RequestListener>> = {
  'is starting': answering(null, { code: -28, message: 'Loading block index…' }),
  'refuses the password': (_request, response) => response.writeHead(401).end(),
  'has too much to do': (_request, response) => response.writeHead(503).end('Work queue depth exceeded'),
  'is a proxy with a page': (_request, response) => response.writeHead(502).end('<h1>502 Bad Gateway</h1>'),
  'is a proxy with an object': (_request, response) =>
    response.writeHead(500).end('{"error":{"type":"down"}}'),
  'hangs up': (_request, response) => response.destroy(),
  'hangs up in the middle': (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('{"result":', () => response.destroy());
  },
};

for (const [what, answer] of Object.entries(UNREACHABLE)) {
  test(`a node that ${what} can’t be asked at the moment`, async (t) => {
    const { rpc } = await nodeThat(t, answer);
    await t.throwsAsync(rpc.call('getblockcount'), { instanceOf: ChainUnavailable });
  });
}

test('a node that says nothing is given up after a while', async (t) => {
  const { rpc } = await nodeThat(t, () => undefined);
  await t.throwsAsync(rpc.call('getblockcount', [], 100), { instanceOf: ChainUnavailable });
});

test('closing ends what is being asked', async (t) => {
  const { rpc } = await nodeThat(t, () => rpc.close());
  await t.throwsAsync(rpc.call('scantxoutset'), { instanceOf: ChainUnavailable });
});

test('a refusal has the node’s code and words', async (t) => {
  const { rpc } = await nodeThat(
    t,
    answering(null, { code: -25, message: 'bad-txns-inputs-missingorspent' }),
  );
  await t.throwsAsync(rpc.call('sendrawtransaction'), {
    instanceOf: NodeRefusal,
    code: -25 as never,
    message: 'bad-txns-inputs-missingorspent',
  });
});

test('a node that still fetches the chain, or looks through its outputs already, can’t be asked', async (t) => {
  const behind = await nodeThat(t, answering({ chain: 'main', blocks: 5, initialblockdownload: true }));
  await t.throwsAsync(behind.node.tipHeight(), { instanceOf: ChainUnavailable });
  const busy = { code: -8, message: 'Scan already in progress, use action "abort" or "status"' };
  const looking = await nodeThat(t, answering(null, busy));
  await t.throwsAsync(looking.node.unspentOutputs('wpkh()', 1), { instanceOf: ChainUnavailable });
});

test('a block that a pruned node has thrown away is missing, and not an error, to who looks back', async (t) => {
  const pruned = { code: -1, message: 'Block not available (pruned data)' };
  const { node } = await nodeThat(t, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method } = JSON.parse(body) as { method: string };
      answering('00'.repeat(32), method === 'getblock' ? pruned : null)(request, response);
    });
  });
  t.is(await node.keptBlockAt(100), undefined);
  await t.throwsAsync(node.blockAt(100), { instanceOf: NodeRefusal });
});

test('user and password, or the cookie as it is at the moment, are sent', async (t) => {
  const seen: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(request.headers.authorization);
    answering(1)(request, response);
  };
  const cookieFile = join(await mkdtemp(join(tmpdir(), 'bourse-cookie-')), '.cookie');
  const named = await nodeThat(t, listener);
  const cookie = await nodeThat(t, listener, { cookieFile });
  await named.rpc.call('getblockcount');
  await t.throwsAsync(cookie.rpc.call('getblockcount'), { instanceOf: ChainUnavailable });
  for (const secret of ['__cookie__:first', '__cookie__:second\n']) {
    await writeFile(cookieFile, secret);
    await cookie.rpc.call('getblockcount');
  }
  t.deepEqual(
    seen.map((value) => Buffer.from(value!.replace('Basic ', ''), 'base64').toString()),
    ['user:pass:word', '__cookie__:first', '__cookie__:second'],
  );
});
