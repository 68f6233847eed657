/**
 * heddle.js behind a proxy that does what proxies and networks do: refuses, resets, hangs, goes silent, closes with any code, 1000 included. In the
 * end the user has every event once, and every command was run once.
 */
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import WebSocket, { WebSocketServer } from 'ws';
import { HeddleClient, MemoryStore, runView } from '../../clients/heddle.js/heddle.js';
import { Violation, check, inputOf, program, same, someone, tokenFor } from './lib.mjs';

const PATIENCE_MS = 90_000;
const COMMANDS = 12;

/** What becomes of each connection in turn; after the last one they go through. */
const FATES = [
  { before: 'http 502' },
  { before: 'reset' },
  { before: 'hang' },
  { code: 1000 },
  { code: 1001 },
  { code: 1011 },
  { code: 4999 },
  { after: 'terminate' },
  { after: 'silence' },
  { code: 1000, atOnce: true },
  { code: 1013 },
  { after: 'terminate', atOnce: true },
];
const PASS_FRAMES = 6;

await program({ user: someone('cut') }, async ({ url, user }) => {
  const proxy = await startProxy(url);
  const statuses = [];
  const outcomes = [];
  const settings = {
    token: () => tokenFor(url, user),
    WebSocket,
    view: runView(),
    from: 'earliest',
    backoff: { baseMs: 50, capMs: 400 },
    helloMs: 1_500,
    closeMs: 500,
  };
  const client = new HeddleClient({
    ...settings,
    url: proxy.url,
    store: new MemoryStore(),
    onStatus: (status) => statuses.push(status),
    onResume: ({ outcome }) => outcomes.push(outcome),
  });
  await client.connect();
  const commands = Array.from({ length: COMMANDS }, (_, n) =>
    client.start({ agentId: n === 0 ? 'countdown' : 'echo', threadId: `t${n}`, input: inputOf(`number ${n}`, n === 0 ? { count: 60, intervalMs: 50 } : undefined) }),
  );
  const accepted = await within(Promise.all(commands), 'the answers to all commands');
  await until(() => proxy.connections > FATES.length && client.status.phase === 'live', 'a connection that lasts');
  const ended = () => [...client.state.runs.values()].filter(({ status }) => status === 'finished').length;
  await until(() => ended() === COMMANDS, () => `the end of ${COMMANDS} runs; ended: ${ended()}`);

  same(proxy.hints[0], String(client.hello.partition), 'the hint of the first connection');
  same(new Set(accepted.map(({ runId }) => runId)).size, COMMANDS, 'distinct runs');
  same([...client.state.runs.keys()].sort(), accepted.map(({ runId }) => runId).sort(), 'the runs in the log');
  for (const run of client.state.runs.values()) same([run.gaps, run.repeats, run.partial], [0, 0, false], `gaps, repeats, partial of ${run.runId}`);
  check(outcomes.every((outcome, n) => outcome === 'resumed' || (outcome === 'fresh' && n === 0)), `outcomes ${outcomes}`);
  check(!statuses.some(({ phase }) => phase === 'closed'), 'the client took a cut for the end');
  await client.disconnect();

  const other = new HeddleClient({ ...settings, url });
  await other.connect();
  await until(() => other.status.phase === 'live', 'a device without a proxy');
  check(isDeepStrictEqual([...other.state.runs], [...client.state.runs]), 'two devices fold the same log to different runs');
  await other.disconnect();
  return `${COMMANDS} runs, once each, over ${proxy.connections} connections`;
});

async function startProxy(edge) {
  const upgrader = new WebSocketServer({ noServer: true, handleProtocols: () => 'heddle.v1' });
  const proxy = { url: '', connections: 0, hints: [] };
  const server = createServer(async (request, response) => {
    const answer = await fetch(`${edge}${request.url}`, { headers: { Authorization: request.headers.authorization ?? '' } });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text());
  });
  server.on('upgrade', (request, socket, head) => {
    const fate = FATES[proxy.connections] ?? {};
    proxy.connections += 1;
    proxy.hints.push(new URL(request.url, edge).searchParams.get('p') ?? undefined);
    socket.on('error', () => {});
    if (fate.before === 'reset') socket.resetAndDestroy();
    else if (fate.before === 'http 502') socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else if (fate.before !== 'hang') upgrader.handleUpgrade(request, socket, head, (client) => join(client, request, edge, fate));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}

/** Passes frames between both sides until the connection meets its fate. */
function join(client, request, edge, fate) {
  const server = new WebSocket(`${edge.replace(/^http/, 'ws')}${request.url}`, request.headers['sec-websocket-protocol'].split(/, ?/));
  let left = fate.atOnce ? 1 : PASS_FRAMES;
  let silent = false;
  const fated = fate.code !== undefined || fate.after !== undefined;
  const waiting = [];
  client.on('message', (data) => {
    if (server.readyState === WebSocket.OPEN) server.send(data.toString());
    else waiting.push(data.toString());
  });
  server.on('open', () => waiting.splice(0).forEach((text) => server.send(text)));
  server.on('message', (data) => {
    if (silent || client.readyState !== WebSocket.OPEN) return;
    const frame = JSON.parse(data.toString());
    client.send(JSON.stringify(frame.type === 'hello' ? { ...frame, heartbeatSeconds: 1 } : frame));
    left -= 1;
    if (!fated || left > 0) return;
    if (fate.after === 'silence') silent = true;
    else if (fate.after === 'terminate') client.terminate();
    else client.close(fate.code);
  });
  for (const [one, another] of [[client, server], [server, client]]) {
    one.on('error', () => {});
    one.on('close', () => !silent && another.terminate());
  }
}

function within(promise, what) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Violation(`${what} did not come`)), PATIENCE_MS).unref())]);
}

async function until(condition, what) {
  const end = Date.now() + PATIENCE_MS;
  while (!condition()) {
    check(Date.now() < end, () => `${typeof what === 'function' ? what() : what} did not come in ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
