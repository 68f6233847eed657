import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff, HeddleClient } from '../heddle.js';
import { FakeClock, fakeSockets, hello, settle } from './fakes.js';

async function started(options = {}) {
  const clock = new FakeClock();
  const fakes = fakeSockets();
  const tokens = [];
  const client = new HeddleClient({
    url: 'wss://edge.test/v1/stream',
    token: async (asked) => (tokens.push(asked), `token${tokens.length}`),
    WebSocket: fakes.FakeWebSocket,
    clock,
    random: () => 0.5,
    backoff: { baseMs: 1000, capMs: 8000 },
    onError: () => {},
    ...options,
  });
  await client.connect();
  return { client, clock, tokens, ...fakes, last: () => fakes.sockets.at(-1) };
}

test('full jitter: the n-th delay is below base times two to the n, and below the cap', () => {
  const high = new Backoff({ baseMs: 100, capMs: 1000, random: () => 0.999999 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => high.next()), [99, 199, 399, 799, 999, 999]);
  const low = new Backoff({ random: () => 0 });
  assert.equal(low.next(), 0);
  high.succeeded();
  assert.equal(high.next(), 99);
});

for (const code of [1002, 1007, 4400, 4403, 4409, 4413]) {
  test(`${code} is final`, async () => {
    const { client, clock, last, sockets } = await started();
    last().serverSends(hello());
    last().serverCloses(code, 'because');
    await clock.advance(1_000_000);
    assert.equal(sockets.length, 1);
    assert.deepEqual(client.status, { phase: 'closed', code, reason: 'because' });
  });
}

for (const code of [1000, 1001, 1003, 1005, 1006, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 4408, 4500, 4999, undefined]) {
  test(`after ${code} it comes back with backoff`, async () => {
    const { client, clock, last, sockets } = await started();
    for (const wait of [500, 1000, 2000, 4000, 4000]) {
      last().serverCloses(code);
      assert.equal(client.status.phase, 'waiting');
      await clock.advance(wait - 1);
      const before = sockets.length;
      await clock.advance(1);
      assert.equal(sockets.length, before + 1);
    }
  });
}

for (const code of [4429, 4503]) {
  test(`after ${code} it comes back later, not sooner than a second`, async () => {
    const { clock, last, sockets } = await started();
    last().serverCloses(code);
    await clock.advance(1499);
    assert.equal(sockets.length, 1);
    await clock.advance(1);
    assert.equal(sockets.length, 2);
  });
}

test('backoff begins anew once a connection has lasted, not when it was greeted or had caught up', async () => {
  const { clock, last, sockets } = await started();
  const greetAndClose = () => {
    last().serverSends(hello());
    last().serverSends({ type: 'caughtUp', cursor: 'c' });
    last().serverCloses(1006);
  };
  for (const wait of [500, 1000, 2000, 4000, 4000]) {
    greetAndClose();
    const before = sockets.length;
    await clock.advance(wait - 1);
    assert.equal(sockets.length, before);
    await clock.advance(1);
    assert.equal(sockets.length, before + 1);
  }
  last().serverSends(hello());
  last().serverSends({ type: 'caughtUp', cursor: 'c' });
  await clock.advance(10_000);
  last().serverCloses(1006);
  const before = sockets.length;
  await clock.advance(500);
  assert.equal(sockets.length, before + 1);
});

test('a draining edge says when to come back', async () => {
  const { clock, last, sockets } = await started();
  last().serverSends(hello());
  last().serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs: 1234, cursor: 'c5' });
  last().serverCloses(4001);
  await clock.advance(1233);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  assert.equal(sockets.length, 2);
});

test('4410 is followed at once, but a log that keeps changing is not hammered', async () => {
  const { clock, last, sockets } = await started();
  last().serverSends(hello());
  last().serverCloses(4410);
  await clock.advance(0);
  assert.equal(sockets.length, 2);
  last().serverSends(hello());
  last().serverCloses(4410);
  await clock.advance(0);
  assert.equal(sockets.length, 2);
  await clock.advance(1000);
  assert.equal(sockets.length, 3);
});

test('4401 brings a new token at once, and then not faster than the delays grow', async () => {
  const { client, clock, tokens, last, sockets } = await started();
  last().serverCloses(4401);
  await clock.advance(0);
  assert.deepEqual(tokens, [{ refused: false }, { refused: true }]);
  assert.deepEqual(last().protocols, ['heddle.v1', 'bearer.token2']);
  for (const wait of [1500, 3000, 6000, 12_000, 20_000]) {
    const before = sockets.length;
    last().serverCloses(4401);
    await clock.advance(wait - 1);
    assert.equal(sockets.length, before);
    assert.equal(client.status.code, 4401);
    await clock.advance(1);
    assert.equal(sockets.length, before + 1);
  }
  assert.ok(tokens.slice(1).every(({ refused }) => refused));
  last().serverSends(hello());
  assert.equal(client.status.phase, 'open');
});

test('hello and then 4401, each time, is no reason to come back faster', async () => {
  const { clock, last, sockets } = await started();
  for (let second = 0; second < 60; second += 1) {
    if (last().readyState !== 3) {
      last().serverSends(hello());
      last().serverSends({ type: 'caughtUp', cursor: 'c' });
      last().serverCloses(4401);
    }
    await clock.advance(1000);
  }
  assert.ok(sockets.length <= 8, `${sockets.length} connections in a minute`);
});

test('an app that has only the one token that is refused is told so, for good', async () => {
  const { client, clock, last, sockets } = await started({ token: () => 'the same' });
  for (let round = 0; round < 50 && client.status.phase !== 'closed'; round += 1) {
    if (last().readyState !== 3) last().serverCloses(4401, 'revoked');
    await clock.advance(1000);
  }
  assert.deepEqual(client.status, { phase: 'closed', code: 4401, reason: 'revoked' });
  assert.equal(sockets.length, 5);
});

test('a token that cannot be had is asked for again with backoff', async () => {
  let fails = 2;
  const token = async () => {
    if ((fails -= 1) >= 0) throw new Error('offline');
    return 'good';
  };
  const { clock, sockets } = await started({ token });
  assert.equal(sockets.length, 0);
  await clock.advance(500);
  assert.equal(sockets.length, 0);
  await clock.advance(1000);
  assert.equal(sockets.length, 1);
});

test('a silent server is asked, and given up half a heartbeat later', async () => {
  const { client, clock, last, sockets } = await started();
  last().serverSends(hello({ heartbeatSeconds: 10 }));
  await clock.advance(9_999);
  assert.deepEqual(last().sent, []);
  await clock.advance(1);
  assert.deepEqual(last().sent, [{ type: 'ping' }]);
  await clock.advance(4_999);
  assert.equal(sockets[0].closeCalls, 0);
  await clock.advance(1);
  assert.equal(sockets[0].closeCalls, 1);
  assert.equal(client.status.reason, 'silent');
});

test('a pong keeps the connection', async () => {
  const { clock, last, sockets } = await started();
  last().serverSends(hello({ heartbeatSeconds: 10 }));
  for (let round = 0; round < 20; round += 1) {
    await clock.advance(10_000);
    assert.equal(last().sent.length, round + 1);
    last().serverSends({ type: 'pong' });
  }
  assert.equal(sockets.length, 1);
  assert.equal(last().closeCalls, 0);
});

test('no hello in time: the socket is closed before another is opened', async () => {
  const { clock, sockets, FakeWebSocket } = await started({ helloMs: 5000, closeMs: 3000 });
  FakeWebSocket.swallowsClose = true;
  await clock.advance(5000);
  assert.equal(sockets[0].closeCalls, 1);
  await clock.advance(2999);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  assert.equal(sockets[0].readyState, 3);
  await clock.advance(500);
  assert.equal(sockets.length, 2);
});

test('what does not begin with hello, or is not JSON text, is no heddle server', async () => {
  for (const first of [{ type: 'caughtUp', cursor: 'c' }, 'nonsense', '[1]']) {
    const { client, last } = await started();
    last().serverSends(first);
    assert.equal(client.status.phase, 'waiting');
    assert.equal(client.status.reason, 'broken');
    assert.equal(client.cursor, null);
  }
});

test('nothing that a socket says after it was given up is heard', async () => {
  const { client, last, FakeWebSocket } = await started();
  last().serverSends(hello());
  FakeWebSocket.swallowsClose = true;
  client.cut();
  last().serverSends({ type: 'events', cursor: 'late', events: [] });
  assert.equal(client.cursor, 'c0');
});

test('calling connect twice opens one socket', async () => {
  const { client, sockets, FakeWebSocket } = await started();
  await Promise.all([client.connect(), client.connect()]);
  await settle();
  assert.equal(sockets.length, 1);
  assert.equal(FakeWebSocket.secondOpenings, 0);
});

test('a fresh token goes out on the open connection before the old one ends, again and again', async () => {
  const { clock, last, sockets } = await started({ random: () => 0 });
  const iso = (ms) => new Date(ms).toISOString();
  last().serverSends(hello({ tokenExpiresAt: iso(clock.now() + 600_000), heartbeatSeconds: 100_000 }));
  await clock.advance(539_999);
  assert.deepEqual(last().sent, []);
  await clock.advance(1);
  assert.deepEqual(last().sent, [{ type: 'token', token: 'token2' }]);
  last().serverSends({ type: 'token', expiresAt: iso(clock.now() + 10_000) });
  await clock.advance(8_000);
  assert.deepEqual(last().sent.at(-1), { type: 'token', token: 'token3' });
  assert.equal(sockets.length, 1);
});

test('a token that lives for years is refreshed by the day-long timer chain, not at once', async () => {
  const { clock, last } = await started({ random: () => 0 });
  last().serverSends(hello({ tokenExpiresAt: new Date(clock.now() + 90 * 86_400_000).toISOString(), heartbeatSeconds: 1e9 }));
  await clock.advance(89 * 86_400_000);
  assert.deepEqual(last().sent, []);
  await clock.advance(86_400_000);
  assert.equal(last().sent.length, 1);
});
