import test from 'ava';
import { WebSocket } from 'ws';
import type { LevelView } from '../../../src/actors/ports.ts';
import { TestClient } from './client.ts';
import { startScriptedGateway } from './scripted-gateway.ts';

// One after the other: a client is told silent by the time, and these share one event loop with their gateways.

test.serial('a client that is not heard of is cut, one that answers pings stays', async (t) => {
  const { url } = await startScriptedGateway(t, {
    limits: { heartbeatIntervalMs: 50, silenceTimeoutMs: 1_000 },
  });
  const silent = new WebSocket(`${url.replace('http', 'ws')}/ws`, { autoPong: false });
  const alive = await TestClient.connect(t, url);
  const code = await new Promise((resolve) => silent.on('close', resolve));
  t.is(code, 1006);
  t.deepEqual(Object.keys(await alive.ask('ping')), ['at']);
});

test.serial('a client that does not take its answers is not read, and cut in the end', async (t) => {
  const { url, script, gateway } = await startScriptedGateway(t, {
    limits: { maxBacklogBytes: Number.MAX_SAFE_INTEGER, heartbeatIntervalMs: 50, silenceTimeoutMs: 500 },
  });
  const level: LevelView = ['1'.repeat(50), '1'];
  script.depth = { ...script.depth, bids: new Array(20_000).fill(level) };
  const client = await TestClient.connect(t, url);
  client.ws.pause();
  // Their snapshots are more than the buffers between the two hold.
  for (let i = 0; i < 40; i += 1) client.send('subscribe', { channel: 'depth', market: 'BTC-USDT' });
  while (gateway.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  client.ws.resume();
  t.is((await client.closed).code, 1006);
});
