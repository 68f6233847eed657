/** Apps whose own code fails, answers with a promise, or is slow: the cursor never runs ahead of what they have done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../heddle.js';
import { LIST_VIEW, eventsFrame, hello, settle, startClient } from './fakes.js';

/** An `onEvent` whose promises the test settles. */
function answering() {
  const asked = [];
  const onEvent = (each) =>
    new Promise((resolve, reject) => {
      asked.push({ seq: each.runSeq, done: resolve, fail: () => reject(new Error(`no to ${each.runSeq}`)) });
    });
  return { onEvent, asked, next: async (how = 'done') => (asked.at(-1)[how](), settle()) };
}

test('an async onEvent is waited for, event by event and frame by frame, and then the cursor moves', async () => {
  const { onEvent, asked, next } = answering();
  const { client, last } = await startClient({ onEvent, view: LIST_VIEW });
  last().serverSends(hello());
  last().serverSends(eventsFrame('c2', 0, 1));
  last().serverSends(eventsFrame('c3', 2));
  last().serverSends({ type: 'caughtUp', cursor: 'c3' });
  assert.deepEqual(asked.map(({ seq }) => seq), [0]);
  await next();
  assert.deepEqual([client.cursor, client.state], ['c0', []]);
  await next();
  assert.deepEqual([client.cursor, client.state], ['c2', [0, 1]]);
  assert.equal(client.status.phase, 'open');
  await next();
  assert.deepEqual([client.cursor, client.state, client.status.phase], ['c3', [0, 1, 2], 'live']);
  assert.deepEqual(asked.map(({ seq }) => seq), [0, 1, 2]);
});

test('an async onEvent that rejects: neither state nor cursor moves, the status says why, and a new connect tells the frame again', async () => {
  for (const failing of [0, 1]) {
    const { onEvent, asked, next } = answering();
    const store = new MemoryStore();
    const { client, clock, last, seen } = await startClient({ onEvent, store, view: LIST_VIEW });
    last().serverSends(hello());
    last().serverSends(eventsFrame('c2', 0, 1));
    last().serverSends(eventsFrame('c3', 2));
    for (let before = 0; before < failing; before += 1) await next();
    await next('fail');
    await clock.advance(60_000);
    assert.equal(client.status.phase, 'closed');
    assert.equal(client.status.error.message, `no to ${failing}`);
    assert.equal(seen.errors[0].message, `no to ${failing}`);
    assert.deepEqual([client.cursor, client.state], ['c0', []]);
    assert.equal((await store.load()).cursor, 'c0');
    assert.ok(!asked.some(({ seq }) => seq === 2), 'the frame after it is not begun');
    await client.connect();
    assert.equal(last().param.cursor, 'c0');
    last().serverSends(hello({ resume: 'resumed', cursor: 'c0' }));
    last().serverSends(eventsFrame('c2', 0, 1));
    await next();
    await next();
    assert.deepEqual([client.cursor, client.state], ['c2', [0, 1]]);
  }
});

test('a connection that is cut while the app is at an event: the next one waits for it, and goes on after it', async () => {
  const { onEvent, next } = answering();
  const { client, clock, last, sockets } = await startClient({ onEvent, view: LIST_VIEW });
  last().serverSends(hello());
  last().serverSends(eventsFrame('c1', 0));
  last().serverSends(eventsFrame('c2', 1));
  last().serverCloses(1006);
  await clock.advance(5000);
  assert.equal(sockets.length, 1);
  await next();
  await clock.advance(0);
  assert.equal(sockets.length, 2);
  assert.equal(last().param.cursor, 'c1');
  last().serverSends(hello({ resume: 'resumed', cursor: 'c1' }));
  last().serverSends(eventsFrame('c2', 1));
  await next();
  assert.deepEqual(client.state, [0, 1]);
});

test('an onEvent that never settles ends the client after a while, and says so', async () => {
  const { onEvent } = answering();
  const { client, clock, last } = await startClient({ onEvent, eventMs: 5000 });
  last().serverSends(hello());
  last().serverSends(eventsFrame('c1', 0));
  await clock.advance(5000);
  assert.equal(client.status.phase, 'closed');
  assert.equal(client.status.error.name, 'TimedOut');
  assert.equal(client.cursor, 'c0');
});

test('what waits for a slow app is bounded: the connection ends, and what it brought comes again', async () => {
  const { onEvent, next } = answering();
  const { client, clock, last, sockets } = await startClient({ onEvent });
  const large = (cursor) => ({ type: 'events', cursor, events: [{ eventId: cursor, event: { type: 'CUSTOM', value: 'x'.repeat(3_000_000) } }] });
  last().serverSends(hello());
  for (let frame = 1; frame < 9; frame += 1) last().serverSends(large(`c${frame}`));
  assert.equal(client.status.reason, 'the app is too slow');
  await clock.advance(10_000);
  assert.equal(sockets.length, 1);
  await next();
  await clock.advance(0);
  assert.equal(last().param.cursor, 'c1');
});

test('a callback that only informs may fail, at once or later, and is told of', async () => {
  for (const callback of ['onState', 'onResume', 'onStatus', 'onSnapshot', 'onAgents', 'onUpstream']) {
    for (const fail of [() => assert.fail(callback), async () => assert.fail(callback)]) {
      const { client, last, seen } = await startClient({ [callback]: fail, view: LIST_VIEW });
      last().serverSends(hello());
      last().serverSends({ type: 'snapshot', cursor: 'c0', complete: true, runs: [] });
      last().serverSends({ type: 'agents', complete: true, agents: [] });
      last().serverSends({ type: 'status', upstream: 'degraded' });
      last().serverSends(eventsFrame('c1', 0));
      await settle();
      assert.ok(seen.errors.length > 0 && seen.errors.every(({ message }) => message === callback));
      assert.deepEqual([client.cursor, client.state], ['c1', [0]]);
    }
  }
});

test('an onError that fails itself stops nothing', async () => {
  const { client, last } = await startClient({ onState: () => assert.fail('one'), onError: () => assert.fail('two') });
  const shown = [];
  const original = console.error;
  console.error = (...values) => shown.push(values);
  try {
    last().serverSends(hello());
  } finally {
    console.error = original;
  }
  assert.equal(client.cursor, 'c0');
  assert.ok(shown.length > 0);
});
