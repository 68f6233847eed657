/** Where state and cursor are kept: stores that fail, hang, or hold what this client cannot use. What cannot be read is never overwritten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore, StoredStateDiscarded } from '../heddle.js';
import { LIST_VIEW, eventsFrame, hello, startClient } from './fakes.js';

/** Everything `[null,null]`: no thread, no types. */
const FILTER = '[null,null]';
const STORED = { cursor: 'c2', state: [0, 1], filter: FILTER, partition: 17 };

/** A store whose `load` and `save` do what the test says next, and then what a store does. */
function scriptedStore({ record = null, load = [], save = [] } = {}) {
  const store = {
    record,
    saved: [],
    loads: 0,
    load: () => {
      store.loads += 1;
      return load.length > 0 ? load.shift()() : Promise.resolve(store.record);
    },
    save: (next) => {
      if (save.length > 0) return save.shift()();
      store.saved.push(next);
      store.record = next;
      return Promise.resolve();
    },
  };
  return store;
}

const fails = (message) => () => Promise.reject(new Error(message));
const never = () => new Promise(() => {});
const throws = (message) => () => {
  throw new Error(message);
};

for (const [how, first] of [['rejects', fails('locked')], ['throws', throws('locked')], ['never settles', never]]) {
  test(`a first load that ${how} is tried again; nothing is opened or saved before one has succeeded`, async () => {
    const store = scriptedStore({ record: STORED, load: [first, fails('still locked')] });
    const { client, clock, last, sockets, seen } = await startClient({ store, view: LIST_VIEW });
    await clock.advance(how === 'never settles' ? 10_000 : 0);
    assert.equal(client.status.phase, 'waiting');
    assert.equal(client.status.reason, 'the store cannot be read');
    assert.ok(client.status.error instanceof Error);
    await client.flush();
    assert.deepEqual([sockets.length, store.saved.length], [0, 0]);
    await clock.advance(1000);
    assert.equal(store.loads, 3);
    assert.equal(last().param.cursor, 'c2');
    assert.deepEqual(client.state, [0, 1]);
    assert.equal(seen.errors.length, 2);
  });
}

test('disconnect while the store does not answer, and connect again: what comes late changes nothing', async () => {
  let answer;
  const store = scriptedStore({ record: STORED, load: [() => new Promise((resolve) => (answer = resolve))] });
  const { client, clock, last } = await startClient({ store, view: LIST_VIEW });
  await client.disconnect();
  assert.deepEqual(store.saved, []);
  await client.connect();
  last().serverSends(hello({ resume: 'resumed', cursor: 'c2' }));
  last().serverSends(eventsFrame('c3', 2));
  answer({ ...STORED, cursor: 'c0', state: [] });
  await clock.advance(0);
  assert.deepEqual(client.state, [0, 1, 2]);
  assert.equal(client.cursor, 'c3');
});

test('an app may say that it goes on without a store that cannot be read; what is stored stays as it is', async () => {
  const store = scriptedStore({ record: STORED, load: Array(99).fill(fails('broken')) });
  const { client, clock, last } = await startClient({ store, view: LIST_VIEW, from: 'earliest', storeTries: 3 });
  await clock.advance(10_000);
  assert.equal(store.loads, 3);
  assert.deepEqual(last().param, { from: 'earliest' });
  assert.equal(client.status.storeError.message, 'broken');
  last().serverSends(hello());
  last().serverSends(eventsFrame('c1', 0));
  await client.disconnect();
  assert.deepEqual(store.saved, []);
  assert.equal(store.record, STORED);
});

const UNUSABLE = [7, 'text', [], {}, { ...STORED, cursor: 9 }, { ...STORED, cursor: undefined }, { ...STORED, cursor: 'x'.repeat(257) }, { cursor: 'c2', filter: FILTER }];
for (const record of UNUSABLE) {
  test(`a record that is none is not used, and told of: ${JSON.stringify(record).slice(0, 60)}`, async () => {
    const { client, last, seen } = await startClient({ store: scriptedStore({ record }), view: LIST_VIEW });
    assert.equal(last().param.cursor, undefined);
    assert.deepEqual(client.state, []);
    assert.ok(seen.errors[0] instanceof StoredStateDiscarded);
    assert.equal(seen.errors[0].reason, 'unusable');
  });
}

test('a stored state that the view cannot go on with is given up, once, and the client begins anew', async () => {
  const store = scriptedStore({ record: { ...STORED, state: { entries: 'of last year' } } });
  const { client, clock, last, sockets, seen } = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
  assert.equal(last().param.cursor, 'c2');
  last().serverSends(hello({ resume: 'resumed', cursor: 'c2' }));
  last().serverSends(eventsFrame('c3', 2));
  await clock.advance(0);
  assert.deepEqual(seen.errors.map(({ reason }) => reason), ['shape']);
  assert.equal(sockets.length, 2);
  assert.deepEqual(last().param, { from: 'earliest', p: '17' });
  await client.flush();
  assert.deepEqual([store.record.cursor, store.record.state], [null, []], 'a page that is closed now begins anew, too');
  last().serverSends(hello());
  last().serverSends(eventsFrame('c3', 0, 1, 2));
  assert.deepEqual(client.state, [0, 1, 2]);
  await client.disconnect();
  const again = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
  assert.deepEqual(again.client.state, [0, 1, 2]);
  assert.deepEqual(again.seen.errors, []);
});

test('an event that the view can never take does not cost the stored state', async () => {
  const view = {
    initial: () => [],
    events: () => {
      throw new Error('poison');
    },
  };
  const store = scriptedStore({ record: STORED });
  const { client, last } = await startClient({ store, view });
  last().serverSends(hello({ resume: 'resumed', cursor: 'c2' }));
  last().serverSends(eventsFrame('c3', 2));
  assert.equal(client.status.phase, 'closed');
  assert.equal(client.status.error.message, 'poison');
  await client.flush();
  assert.deepEqual([store.record.cursor, store.record.state], ['c2', [0, 1]]);
});

test('a view has a version: a state of another one is not used, or is what the view makes of it', async () => {
  const cases = [
    [{}, { version: 2 }, undefined, 'version'],
    [{ version: 1 }, { version: 2 }, undefined, 'version'],
    [{ version: 1 }, {}, undefined, 'version'],
    [{ version: 2 }, { version: 2 }, 'c2', undefined],
    [{ version: 1 }, { version: 2, migrate: (state, from) => (from === 1 ? [...state, 'moved'] : undefined) }, 'c2', undefined],
    [{ version: 0 }, { version: 2, migrate: (state, from) => (from === 1 ? state : undefined) }, undefined, 'version'],
    [{ version: 1 }, { version: 2, migrate: throws('cannot') }, undefined, 'version'],
  ];
  for (const [record, view, cursor, reason] of cases) {
    const store = scriptedStore({ record: { ...STORED, ...record } });
    const { client, last, seen } = await startClient({ store, view: { ...LIST_VIEW, ...view } });
    assert.equal(last().param.cursor, cursor);
    assert.equal(seen.errors[0]?.reason, reason);
    assert.equal(client.state.includes('moved'), view.migrate !== undefined && cursor !== undefined);
    last().serverSends(hello());
    await client.flush();
    assert.equal(store.record.version, view.version);
  }
});

test('a save that fails or hangs is told of once, tried again, and told when it works again', async () => {
  for (const [first, waitMs] of [[fails('QuotaExceededError'), 0], [never, 10_000], [throws('gone'), 0]]) {
    const store = scriptedStore({ save: [first, first] });
    const { client, clock, last, seen } = await startClient({ store, view: LIST_VIEW });
    last().serverSends(hello());
    last().serverSends(eventsFrame('c1', 0));
    await clock.advance(waitMs);
    assert.ok(client.status.storeError instanceof Error);
    assert.equal(client.status.phase, 'open');
    assert.deepEqual(client.state, [0]);
    await clock.advance(60_000);
    assert.equal(store.record.cursor, 'c1', 'without another event');
    assert.equal(client.status.storeError, undefined);
    assert.equal(seen.errors.length, 1);
  }
});

test('disconnect and flush come to an end with a store that hangs', async () => {
  const { client, clock, last } = await startClient({ store: scriptedStore({ save: Array(99).fill(never) }) });
  last().serverSends(hello());
  let done = false;
  client.disconnect().then(() => (done = true));
  await clock.advance(20_000);
  assert.ok(done);
  assert.equal(clock.untilNext(), Infinity, 'and nothing goes on behind it');
});

test('two tabs with one store: each saves its own pair, and what the last one lacks is replayed', async () => {
  const store = new MemoryStore();
  const one = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
  const two = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
  one.last().serverSends(hello());
  two.last().serverSends(hello());
  one.last().serverSends(eventsFrame('c2', 0, 1));
  two.last().serverSends(eventsFrame('c1', 0));
  await one.client.disconnect();
  await two.client.disconnect();
  const record = await store.load();
  assert.deepEqual([record.cursor, record.state], ['c1', [0]]);
  const three = await startClient({ store, view: LIST_VIEW });
  three.last().serverSends(hello({ resume: 'resumed', cursor: 'c1' }));
  three.last().serverSends(eventsFrame('c2', 1));
  assert.deepEqual(three.client.state, [0, 1]);
});

test('a reset that begins again leaves nothing behind that would skip the history, whenever the page is closed', async () => {
  for (const reason of ['generation', 'foreign', 'malformed']) {
    const store = scriptedStore({ record: STORED });
    const { client, last } = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
    last().serverSends(hello({ resume: 'reset', reason, cursor: 'latest' }));
    await client.flush();
    assert.equal(store.record.cursor, null, 'the page is closed here');
    const page = await startClient({ store, view: LIST_VIEW, from: 'earliest' });
    assert.deepEqual(page.last().param, { from: 'earliest', p: '17' });
    assert.deepEqual(page.client.state, []);
  }
});

test('a reset during which the app fails changes nothing, in memory and in the store', async () => {
  for (const onReset of [throws('no'), async () => []]) {
    for (const reason of ['retention', 'generation']) {
      const store = scriptedStore({ record: STORED });
      const { client, clock, last, sockets } = await startClient({ store, view: LIST_VIEW, from: 'earliest', onReset });
      last().serverSends(hello({ resume: 'reset', reason, cursor: 'c9' }));
      sockets[0].onmessage?.({ data: JSON.stringify(eventsFrame('c10', 7)) });
      await clock.advance(60_000);
      assert.equal(client.status.phase, 'closed');
      assert.ok(client.status.error instanceof Error);
      assert.deepEqual([client.cursor, client.state], ['c2', [0, 1]]);
      assert.deepEqual(store.record, STORED);
      assert.equal(sockets.length, 1);
      await client.connect();
      assert.equal(last().param.cursor, 'c2', 'the app may try again');
    }
  }
});

test('a view or a reset that gives a promise is refused with a plain message', async () => {
  const { client, last, seen } = await startClient({ view: { initial: () => [], events: async (state) => state } });
  last().serverSends(hello());
  last().serverSends(eventsFrame('c1', 0));
  assert.match(seen.errors[0].message, /the view gave a promise/);
  assert.equal(client.cursor, 'c0');
});
