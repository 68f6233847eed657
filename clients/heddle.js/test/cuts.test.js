/** Cuts by networks, proxies and servers: another connection follows, and no event is lost or delivered twice. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parseFrame } from '../frames.js';
import { LIST_VIEW, eventsFrame, hello, startClient } from './fakes.js';

const RUN = { agentId: 'echo', threadId: 't1', input: { messages: [] } };

for (const code of [1000, 1001, 1006, 1011, 4999]) {
  test(`a pending command survives a close with ${code}, and so do state and cursor`, async () => {
    const { client, clock, last } = await startClient({ view: LIST_VIEW, from: 'earliest' });
    last().serverSends(hello());
    last().serverSends(eventsFrame('c2', 0, 1));
    const answer = client.start({ ...RUN, id: 'mine' });
    last().serverCloses(code);
    assert.equal(client.status.phase, 'waiting');
    await clock.advance(5000);
    assert.equal(last().param.cursor, 'c2');
    last().serverSends(hello({ resume: 'resumed', cursor: 'c2' }));
    assert.deepEqual(last().sent.map((frame) => frame.id), ['mine']);
    last().serverSends({ type: 'accepted', id: 'mine', runId: 'r1' });
    assert.equal((await answer).runId, 'r1');
    assert.deepEqual(client.state, [0, 1]);
  });
}

test('1000 is final for the one who asked for it', async () => {
  const { client, clock, last, sockets } = await startClient();
  last().serverSends(hello());
  await client.disconnect();
  assert.deepEqual(client.status, { phase: 'idle' });
  await clock.advance(3_600_000);
  assert.equal(sockets.length, 1);
});

test('a close during the handshake is a failure as any other', async () => {
  const { clock, last, sockets } = await startClient();
  for (const wait of [250, 500, 1000]) {
    last().fails();
    last().serverCloses(1006);
    await clock.advance(wait);
  }
  assert.equal(sockets.length, 4);
});

test('an error that no close follows ends the connection all the same', async () => {
  const { client, clock, last, sockets, FakeWebSocket } = await startClient();
  last().serverSends(hello());
  last().fails();
  await clock.advance(3000);
  assert.equal(sockets[0].closeCalls, 1);
  await clock.advance(250);
  assert.equal(sockets.length, 2);
  FakeWebSocket.swallowsClose = true;
  last().fails();
  await clock.advance(6500);
  assert.equal(sockets.length, 3);
  assert.equal(FakeWebSocket.secondOpenings, 0);
  assert.equal(client.status.phase, 'connecting');
});

test('a socket that cannot be made is tried again, and told of', async () => {
  let refuse = true;
  const { FakeWebSocket, sockets, seen, clock, client } = await startClient({
    WebSocket: class {
      constructor(...args) {
        if (refuse) throw new SyntaxError('no such subprotocol');
        return new FakeWebSocket(...args);
      }
    },
  });
  assert.equal(client.status.phase, 'waiting');
  assert.equal(seen.errors[0].message, 'no such subprotocol');
  refuse = false;
  await clock.advance(250);
  assert.equal(sockets.length, 1);
});

test('an address that is none is refused when it is given', () => {
  return assert.rejects(startClient({ url: 'not an address' }), TypeError);
});

test('a draining edge whose close a proxy has changed or swallowed still says when to come back', async () => {
  for (const cut of [(socket) => socket.serverCloses(1006), (socket) => socket.serverCloses(1000), () => {}]) {
    const { client, clock, last, sockets } = await startClient();
    last().serverSends(hello());
    last().serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs: 8000, cursor: 'c5' });
    cut(last());
    await clock.advance(3000);
    assert.equal(client.status.code, 4001);
    assert.equal(client.status.reason, 'draining');
    await clock.advance(4999);
    assert.equal(sockets.length, 1);
    await clock.advance(3001);
    assert.equal(sockets.length, 2);
  }
});

test('a goodbye with a nonsense delay neither hammers the edge nor keeps the client away for days', async () => {
  for (const retryAfterMs of [0, -5, 'soon', null, undefined]) {
    const { clock, last, sockets } = await startClient();
    for (let step = 0; step < 600; step += 1) {
      if (last().readyState !== 3) {
        last().serverSends(hello());
        last().serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs, cursor: 'c0' });
        last().serverCloses(4001);
      }
      await clock.advance(100);
    }
    assert.ok(sockets.length <= 15, `${sockets.length} connections in a minute after ${retryAfterMs}`);
  }
  const { clock, last, sockets } = await startClient();
  last().serverSends(hello());
  last().serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs: 1e300, cursor: 'c0' });
  last().serverCloses(4001);
  await clock.advance(600_000);
  assert.equal(sockets.length, 2);
});

test('a goodbye from connection to connection is obeyed each time, with a delay on top', async () => {
  const { clock, last, sockets } = await startClient();
  last().serverSends(hello());
  for (const wait of [100, 100 + 500, 100 + 1000]) {
    last().serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs: 100, cursor: 'c0' });
    last().serverCloses(4001);
    const before = sockets.length;
    await clock.advance(wait - 1);
    assert.equal(sockets.length, before);
    await clock.advance(1);
    assert.equal(sockets.length, before + 1);
    last().serverSends(hello());
  }
});

test('malformed frames end the connection and move nothing', async () => {
  const bad = [
    '',
    '{',
    'null',
    '7',
    '"events"',
    '{}',
    '{"type":5}',
    { type: 'events', cursor: 'c9' },
    { type: 'events', cursor: 9, events: [] },
    { type: 'events', cursor: 'c9', events: [null] },
    { type: 'events', cursor: 'c9', events: [{ eventId: 'e' }] },
    { type: 'events', events: [] },
    { type: 'events', cursor: '', events: [] },
    { type: 'events', cursor: 'x'.repeat(257), events: [] },
    { type: 'caughtUp' },
    { type: 'snapshot', cursor: 'c9' },
    { type: 'snapshot', cursor: 'c9', runs: [7] },
    { type: 'agents' },
    { type: 'accepted' },
    { type: 'rejected', id: 7 },
    hello(),
  ];
  for (const frame of bad) {
    const { client, clock, last, sockets, seen } = await startClient({ view: LIST_VIEW });
    last().serverSends(hello());
    last().serverSends(frame);
    const what = JSON.stringify(frame).slice(0, 80);
    assert.equal(client.status.reason, 'broken', what);
    assert.equal(client.cursor, 'c0', what);
    assert.deepEqual(client.state, [], what);
    assert.deepEqual(seen.errors, [], what);
    await clock.advance(250);
    assert.equal(sockets.length, 2, what);
  }
});

test('binary data is no frame', async () => {
  const { client, last } = await startClient();
  last().serverSends(hello());
  last().onmessage({ data: new ArrayBuffer(8) });
  assert.equal(client.status.reason, 'broken');
});

test('a hello without a usable cursor or outcome is none', async () => {
  for (const fields of [{ cursor: undefined }, { cursor: 7 }, { cursor: 'x'.repeat(300) }, { resume: 'perhaps' }, { resume: undefined }]) {
    const { client, last, seen } = await startClient();
    last().serverSends(hello(fields));
    assert.equal(client.status.reason, 'broken');
    assert.equal(client.cursor, null);
    assert.deepEqual(seen.resume, []);
  }
});

test('a server that is always malformed is not hammered', async () => {
  const { clock, last, sockets } = await startClient();
  for (let second = 0; second < 120; second += 1) {
    if (last().readyState !== 3) last().serverSends('nonsense');
    await clock.advance(1000);
  }
  assert.ok(sockets.length <= 16, `${sockets.length} connections in two minutes`);
});

test('numbers of a hello that make no sense are not used', async () => {
  for (const heartbeatSeconds of [0, -1, 'often', null, 1e300, Number.MAX_VALUE]) {
    const { clock, last, sockets } = await startClient();
    last().serverSends(hello({ heartbeatSeconds, maxFrameBytes: -3 }));
    for (let second = 0; second < 100; second += 1) {
      await clock.advance(500);
      if (last().sent.at(-1)?.type === 'ping') last().serverSends({ type: 'pong' });
    }
    assert.equal(sockets.length, 1);
    assert.ok(last().sent.length <= 51, `${last().sent.length} pings in 50 s for a heartbeat of ${heartbeatSeconds}`);
  }
});

test('a frame of many megabytes is a frame', async () => {
  const { client, last } = await startClient({ view: { initial: () => 0, events: (sum, items) => sum + items[0].event.value.length } });
  last().serverSends(hello({ maxFrameBytes: 65536 }));
  last().serverSends({ type: 'events', cursor: 'c1', events: [{ eventId: 'e', event: { type: 'CUSTOM', value: 'x'.repeat(8_000_000) } }] });
  assert.equal(client.state, 8_000_000);
  assert.equal(client.cursor, 'c1');
});

test('nothing that comes after a close is heard', async () => {
  const { client, last, sockets, clock } = await startClient({ view: LIST_VIEW });
  last().serverSends(hello());
  const { onmessage, onclose } = last();
  last().serverCloses(1006);
  onmessage({ data: JSON.stringify(eventsFrame('late', 7)) });
  onclose({ code: 4403, reason: 'late' });
  assert.equal(client.cursor, 'c0');
  await clock.advance(250);
  assert.equal(sockets.length, 2);
});

test('a slow token that was overtaken by disconnect and connect opens no second socket', async () => {
  const answers = [];
  const { client, clock, sockets, FakeWebSocket } = await startClient({ token: () => new Promise((resolve) => answers.push(resolve)) });
  await client.disconnect();
  client.connect();
  await clock.advance(0);
  assert.equal(answers.length, 2);
  answers[1]('new');
  await clock.advance(0);
  answers[0]('old');
  await clock.advance(0);
  assert.deepEqual(sockets.map((socket) => socket.protocols[1]), ['bearer.new']);
  assert.equal(FakeWebSocket.secondOpenings, 0);
});

test('disconnect and connect while the old socket still closes waits for it, and for nothing else', async () => {
  const { client, clock, last, sockets, FakeWebSocket } = await startClient();
  last().serverSends(hello());
  FakeWebSocket.swallowsClose = true;
  await client.disconnect();
  await client.connect();
  assert.equal(sockets.length, 1);
  sockets[0].serverCloses(1000);
  await clock.advance(0);
  assert.equal(sockets.length, 2);
  assert.equal(FakeWebSocket.secondOpenings, 0);
});

test('an app that disconnects and connects in its status callback ends with one connection', async () => {
  let onConnecting = () => {};
  const { client, clock, last, sockets, FakeWebSocket } = await startClient({ onStatus: ({ phase }) => phase === 'connecting' && onConnecting() });
  last().serverSends(hello());
  onConnecting = () => {
    onConnecting = () => {};
    client.disconnect();
    client.connect();
  };
  last().serverCloses(1006);
  await clock.advance(1000);
  assert.equal(sockets.length, 2);
  assert.equal(FakeWebSocket.secondOpenings, 0);
});

test('every frame that an edge writes is one', () => {
  const golden = new URL('../../../ws-edge/src/test/resources/golden/frames/', import.meta.url);
  const frames = readdirSync(golden).filter((name) => name !== 'partition.json');
  assert.ok(frames.length >= 20);
  for (const name of frames) {
    const text = readFileSync(new URL(name, golden), 'utf8').trim();
    assert.deepEqual(parseFrame(text), JSON.parse(text), name);
  }
});
