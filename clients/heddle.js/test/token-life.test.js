/** How long a token lives is the edge's to say; a device's clock may be hours off, jump, or stand still while it sleeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, hello, jwt, settle, startClient } from './fakes.js';

const HOUR_MS = 3_600_000;
const iso = (ms) => new Date(ms).toISOString();

/** An edge and an issuer with the true time; the client's clock is wrong by `wrongMs`. Counts what the client sends to renew. */
async function withTokensOf(lifeMs, { wrongMs = 0, isJwt = true, cached = false } = {}) {
  const clock = new FakeClock();
  clock.setWrong(wrongMs);
  let end = 0;
  let made = null;
  let calls = 0;
  const token = async () => {
    calls += 1;
    if (cached && made !== null && end - clock.trueTime > lifeMs / 10) return made;
    const seconds = Math.floor(clock.trueTime / 1000);
    end = seconds * 1000 + lifeMs;
    made = isJwt ? jwt({ sub: 'alice', iat: seconds, exp: end / 1000 }) : `opaque${calls}`;
    return made;
  };
  const started = await startClient({ token, partition: 3 }, { clock });
  const renewals = [];
  let expired = 0;
  /** Lets time pass as an edge would have it: answers pings and tokens, closes with 4401 at the end of a token. */
  const live = async (ms, stepMs = 250) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      const socket = started.last();
      if (socket.readyState !== 3) {
        if (!socket.greeted) {
          socket.greeted = true;
          socket.end = end;
          socket.read = 0;
          socket.serverSends(hello({ tokenExpiresAt: iso(end) }));
          socket.serverSends({ type: 'caughtUp', cursor: 'c' });
        }
        for (const frame of socket.sent.slice(socket.read)) {
          if (frame.type === 'ping') socket.serverSends({ type: 'pong' });
          if (frame.type === 'token') {
            renewals.push(clock.trueTime);
            socket.end = end;
            socket.serverSends({ type: 'token', expiresAt: iso(end) });
          }
        }
        socket.read = socket.sent.length;
        if (clock.trueTime >= socket.end) {
          expired += 1;
          socket.serverCloses(4401);
        }
      }
      await clock.advance(stepMs);
    }
  };
  return { ...started, clock, live, renewals, calls: () => calls, expired: () => expired };
}

for (const hours of [-48, -1, -0.02, 0, 0.02, 0.99, 1, 48]) {
  test(`tokens of an hour are renewed once an hour on a device whose clock is ${hours} hours ahead`, async () => {
    const { live, renewals, expired } = await withTokensOf(HOUR_MS, { wrongMs: hours * HOUR_MS });
    await live(3 * HOUR_MS, 15_000);
    assert.equal(expired(), 0);
    assert.ok(renewals.length >= 3 && renewals.length <= 5, `${renewals.length} renewals in three hours`);
  });
}

test('a clock ahead and tokens that say nothing of themselves: seconds lie between two renewals, and the connection stays', async () => {
  const { live, calls, sockets } = await withTokensOf(HOUR_MS, { wrongMs: 24 * HOUR_MS, isJwt: false });
  await live(HOUR_MS / 2, 5_000);
  assert.ok(calls() <= 45, `${calls()} tokens in half an hour`);
  assert.equal(sockets.length, 1);
});

test('tokens of seconds: never two within five, and a token that ends first costs one reconnect', async () => {
  for (const wrongMs of [-HOUR_MS, 0, 2_900, HOUR_MS]) {
    const { live, renewals, calls } = await withTokensOf(3_000, { wrongMs });
    await live(60_000, 100);
    renewals.reduce((before, at) => (assert.ok(at - before >= 5_000, `${at - before} ms`), at), -Infinity);
    assert.ok(calls() <= 25, `${calls()} tokens in a minute`);
  }
});

test('a cached token is renewed when it ends, not when it would if it were new', async () => {
  const { live, expired, renewals } = await withTokensOf(HOUR_MS / 6, { cached: true });
  await live(HOUR_MS, 5_000);
  assert.equal(expired(), 0);
  assert.ok(renewals.length <= 60, `${renewals.length} renewals in an hour`);
});

test('the device sleeps: the clock jumps by hours, and one renewal follows, not one for each minute', async () => {
  const { live, clock, calls } = await withTokensOf(HOUR_MS);
  await live(60_000);
  clock.setWrong(8 * HOUR_MS);
  const before = calls();
  await live(60_000);
  assert.ok(calls() - before <= 1, `${calls() - before} tokens after the jump`);
});

test('an end that is absent, garbage or past', async () => {
  for (const tokenExpiresAt of [undefined, null, '', 'soon', 17, {}, '2026-13-45']) {
    const { clock, last, seen } = await startClient({ random: () => 0 });
    last().serverSends(hello({ tokenExpiresAt, heartbeatSeconds: 1e9 }));
    await clock.advance(24 * HOUR_MS);
    assert.deepEqual(last().sent, [], `after ${JSON.stringify(tokenExpiresAt)}`);
    assert.equal(seen.tokens.length, 1);
  }
  const { clock, last, seen } = await startClient();
  last().serverSends(hello({ tokenExpiresAt: '1970-01-01T00:00:00Z', heartbeatSeconds: 1e9 }));
  for (let second = 0; second < 600; second += 1) {
    const before = last().sent.length;
    await clock.advance(1000);
    if (last().sent.length > before) last().serverSends({ type: 'token', expiresAt: '1970-01-01T00:00:00Z' });
  }
  assert.ok(seen.tokens.length <= 16, `${seen.tokens.length} tokens in ten minutes`);
});

test('the far end of a token of years is approached, whatever setTimeout can count', async () => {
  const { clock, last } = await startClient({ random: () => 0 });
  last().serverSends(hello({ tokenExpiresAt: iso(clock.now() + 90 * 24 * HOUR_MS), heartbeatSeconds: 1e9 }));
  await clock.advance(89 * 24 * HOUR_MS);
  assert.deepEqual(last().sent, []);
  await clock.advance(24 * HOUR_MS);
  assert.equal(last().sent.length, 1);
  last().serverSends({ type: 'token', expiresAt: '9999-12-31T23:59:59.999999999Z' });
  await clock.advance(30 * 24 * HOUR_MS);
  assert.equal(last().sent.length, 1);
});

test('a renewal for which the app has no token is tried again, less and less often, and told of', async () => {
  let fails = false;
  const { clock, last, seen } = await startClient({
    random: () => 0,
    token: async () => {
      if (fails) throw new Error('issuer away');
      return 'good';
    },
  });
  last().serverSends(hello({ tokenExpiresAt: iso(clock.now() + HOUR_MS), heartbeatSeconds: 1e9 }));
  fails = true;
  await clock.advance(HOUR_MS - 60_000);
  assert.equal(seen.errors.length, 1);
  await clock.advance(60_000);
  assert.ok(seen.errors.length > 2 && seen.errors.length < 7, `${seen.errors.length} tries in the last minute`);
  fails = false;
  await clock.advance(60_000);
  assert.deepEqual(last().sent.at(-1), { type: 'token', token: 'good' });
});

test('a renewal that comes when its connection has gone is not sent on the next one', async () => {
  let give;
  const tokens = ['one', new Promise((resolve) => (give = resolve)), 'three'];
  const { clock, last } = await startClient({ token: () => tokens.shift() });
  last().serverSends(hello({ tokenExpiresAt: iso(clock.now() + 100_000), heartbeatSeconds: 1e9 }));
  await clock.advance(90_000);
  last().serverCloses(1006);
  await clock.advance(250);
  last().serverSends(hello());
  give('two');
  await settle();
  assert.deepEqual(last().protocols, ['heddle.v1', 'bearer.three']);
  assert.deepEqual(last().sent, []);
});

test('token() that never settles is given up and asked again; what is no text is no token', async () => {
  const answers = [() => new Promise(() => {}), () => undefined, () => '', () => ({ token: 'x' }), () => 'good'];
  const { client, clock, sockets, seen } = await startClient({ token: () => answers.shift()() });
  assert.equal(client.status.phase, 'connecting');
  await clock.advance(20_000);
  assert.equal(client.status.phase, 'waiting');
  assert.equal(client.status.reason, 'no token');
  assert.equal(client.status.error.name, 'TimedOut');
  await clock.advance(10_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(last(sockets).protocols, ['heddle.v1', 'bearer.good']);
  assert.deepEqual(seen.errors.map((error) => error.name), ['TimedOut', 'TypeError', 'TypeError', 'TypeError']);
});

function last(sockets) {
  return sockets.at(-1);
}
