/** The partition hint, the snapshot's form, and a device that is back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MemoryStore, partitionOf, runView } from '../heddle.js';
import { hello, item, jwt, settle, startClient } from './fakes.js';

const VECTORS = new URL('../../../event-schema/src/main/resources/partition-vectors.json', import.meta.url);
const TOKEN = jwt({ sub: 'alice', iat: 1, exp: 3601 });

test('partitions are computed as Kafka computes them', () => {
  const { vectors } = JSON.parse(readFileSync(VECTORS, 'utf8'));
  assert.ok(vectors.length >= 20);
  for (const { userKey, partitions, partition } of vectors) assert.equal(partitionOf(userKey, partitions), partition, userKey);
  assert.throws(() => partitionOf('a', 0), RangeError);
});

/** An HTTP side that answers what the test says; keeps what it was asked. */
function http(answer) {
  const asked = [];
  return { asked, fetch: async (url, options) => (asked.push({ url, ...options }), answer()) };
}

const says = (body, status = 200) => () => ({ ok: status === 200, status, json: async () => body });

test('the first connection has the hint that the edge gives, and the token goes into a header', async () => {
  for (const [url, expected] of [
    ['wss://edge.test', 'https://edge.test/v1/partition'],
    ['http://edge.test/', 'http://edge.test/v1/partition'],
    ['https://edge.test/live/v1/stream?x=1', 'https://edge.test/live/v1/partition'],
  ]) {
    const { asked, fetch } = http(says({ partition: 5, partitions: 64 }));
    const { last } = await startClient({ url, token: () => TOKEN, fetch });
    assert.equal(last().param.p, '5');
    assert.equal(asked.length, 1);
    assert.equal(asked[0].url, expected);
    assert.deepEqual(asked[0].headers, { Authorization: `Bearer ${TOKEN}` });
  }
});

test('without an answer the hint is computed from the token for the usual count, and asked for only once', async () => {
  const answers = [
    says({}, 401),
    says({ partition: 'x' }),
    says(null),
    () => {
      throw new TypeError('Failed to fetch');
    },
  ];
  for (const answer of answers) {
    const { asked, fetch } = http(answer);
    const { last, clock } = await startClient({ token: () => TOKEN, fetch });
    assert.equal(last().param.p, String(partitionOf('alice', 64)));
    last().serverCloses(1006);
    await clock.advance(250);
    assert.equal(asked.length, 1);
  }
});

test('an edge that does not answer the question keeps nobody waiting', async () => {
  const { asked, fetch } = http(() => new Promise(() => {}));
  const { sockets, clock } = await startClient({ token: () => TOKEN, fetch });
  assert.equal(sockets.length, 0);
  await clock.advance(2000);
  assert.equal(sockets.length, 1);
  assert.equal(sockets[0].param.p, undefined);
  assert.ok(asked[0].signal.aborted);
});

test('nothing is asked when the hint is known, when it can be computed, or for what is no JWT', async () => {
  const store = new MemoryStore();
  await store.save({ cursor: 'c1', state: null, filter: '[null,null]', partition: 9 });
  for (const [options, p] of [
    [{ partition: 3 }, '3'],
    [{ partitions: 6 }, String(partitionOf('alice', 6))],
    [{ store }, '9'],
    [{ token: () => 'opaque' }, undefined],
    [{ token: () => 'a.b.c' }, undefined],
    [{ token: () => jwt({ sub: 7 }) }, undefined],
  ]) {
    const { asked, fetch } = http(says({ partition: 5 }));
    const { last } = await startClient({ token: () => TOKEN, fetch, ...options });
    assert.equal(last().param.p, p);
    assert.deepEqual(asked, []);
  }
});

test('the hello corrects the hint', async () => {
  const { last, clock } = await startClient({ partition: 3 });
  last().serverSends(hello({ partition: 17 }));
  last().serverCloses(1006);
  await clock.advance(250);
  assert.equal(last().param.p, '17');
});

/** A run as an edge has it in its snapshot: see ws-edge/src/test/resources/golden/frames/snapshot.json. */
const RUN = { threadId: 't', runId: 'r', status: 'running', startedAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:01.500Z', runSeq: 5, attempt: 0, startCursor: 'S' };
const AT = Date.UTC(2026, 0, 1);

test('instants have one form, in events and in the snapshot: milliseconds', async () => {
  const frames = [];
  const { client, last } = await startClient({ view: runView(), onSnapshot: (frame) => frames.push(frame) });
  last().serverSends(hello());
  last().serverSends({ type: 'snapshot', cursor: 'c0', complete: true, runs: [RUN] });
  const known = client.state.runs.get('r');
  assert.deepEqual([known.startedAt, known.updatedAt], [AT, AT + 1500]);
  assert.deepEqual([frames[0].runs[0].startedAt, frames[0].runs[0].updatedAt], [AT, AT + 1500]);
  last().serverSends({ type: 'events', cursor: 'c1', events: [item(6, { type: 'CUSTOM', timestamp: AT + 2000 })] });
  const { startedAt, updatedAt, gaps, runSeq } = client.state.runs.get('r');
  assert.deepEqual({ startedAt, updatedAt, gaps, runSeq }, { startedAt: AT, updatedAt: AT + 2000, gaps: 0, runSeq: 6 });
});

test('instants of a snapshot with nine decimals, or that are none', async () => {
  const frames = [];
  const { last } = await startClient({ onSnapshot: (frame) => frames.push(frame) });
  last().serverSends(hello());
  const runs = ['2026-01-01T00:00:00.123456789Z', 'soon', undefined, null, 12].map((startedAt) => ({ ...RUN, startedAt }));
  last().serverSends({ type: 'snapshot', cursor: 'c0', complete: true, runs });
  assert.deepEqual(frames[0].runs.map((run) => run.startedAt), [AT + 123, null, null, null, 12]);
});

/** The page's events, as a browser's window and document have them. */
async function onAPage(action) {
  const window = new EventTarget();
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const globals = {
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
    document: page,
  };
  Object.assign(globalThis, globals);
  try {
    const tell = async (type) => {
      (type === 'online' || type === 'pageshow' ? window : page).dispatchEvent(new Event(type));
      await settle();
    };
    await action({ tell, page });
  } finally {
    for (const name of Object.keys(globals)) delete globalThis[name];
  }
}

const SLOW = { backoff: { baseMs: 20_000, capMs: 20_000 } };

for (const type of ['online', 'pageshow', 'visibilitychange', 'resume']) {
  test(`${type} cuts a back-off short`, () =>
    onAPage(async ({ tell }) => {
      const { clock, last, sockets } = await startClient(SLOW);
      last().serverCloses(1006);
      await clock.advance(3000);
      assert.equal(sockets.length, 1);
      await tell(type);
      await clock.advance(0);
      assert.equal(sockets.length, 2);
    }));
}

test('a page that is hidden does not hurry', () =>
  onAPage(async ({ tell, page }) => {
    const { clock, last, sockets } = await startClient(SLOW);
    last().serverCloses(1006);
    page.visibilityState = 'hidden';
    await tell('visibilitychange');
    await clock.advance(1000);
    assert.equal(sockets.length, 1);
  }));

test('a browser that lies does not make the client hammer the edge', () =>
  onAPage(async ({ tell }) => {
    const { clock, last, sockets } = await startClient(SLOW);
    for (let tenth = 0; tenth < 600; tenth += 1) {
      if (last().readyState !== 3) last().serverCloses(1006);
      await tell('online');
      await clock.advance(100);
    }
    assert.ok(sockets.length <= 32, `${sockets.length} connections in a minute`);
  }));

test('where the edge has said when to come back nobody hurries', () =>
  onAPage(async ({ tell }) => {
    for (const [code, frame] of [[4429], [4503], [4001, { type: 'goodbye', retryAfterMs: 15_000 }]]) {
      const { clock, last, sockets, client } = await startClient(SLOW);
      last().serverSends(hello());
      if (frame) last().serverSends(frame);
      last().serverCloses(code);
      await tell('online');
      await tell('visibilitychange');
      await clock.advance(10_000);
      assert.equal(sockets.length, 1);
      await client.disconnect();
    }
  }));

test('a device that is back asks whether its connection still is one, and does not wait long for the answer', () =>
  onAPage(async ({ tell }) => {
    const { client, clock, last, sockets } = await startClient();
    last().serverSends(hello());
    await tell('visibilitychange');
    assert.deepEqual(last().sent, [{ type: 'ping' }]);
    last().serverSends({ type: 'pong' });
    await clock.advance(20_000);
    assert.equal(sockets[0].closeCalls, 0);
    await tell('online');
    await clock.advance(4_999);
    assert.equal(sockets[0].closeCalls, 0);
    await clock.advance(1);
    assert.equal(sockets[0].closeCalls, 1);
    assert.equal(client.status.reason, 'silent');
  }));

test('after disconnect the page is not listened to', () =>
  onAPage(async ({ tell }) => {
    const { client, clock, sockets, last } = await startClient(SLOW);
    last().serverSends(hello());
    await client.disconnect();
    await tell('online');
    await tell('pageshow');
    await clock.advance(60_000);
    assert.equal(sockets.length, 1);
  }));
