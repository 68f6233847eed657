/** IndexedDbStore on databases that die, block, are full or forbidden. The real thing is used by the console's test, in a browser. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { IndexedDbStore } from '../heddle.js';
import { LIST_VIEW, eventsFrame, hello, startClient } from './fakes.js';

const named = (name) => new DOMException(name, name);
const soon = (action) => queueMicrotask(action);

/** As much of IndexedDB as the store uses. `opening` and `transacting` may say, each once, what goes wrong. */
function fakeIndexedDb() {
  const fake = { records: new Map(), databases: [], opening: [], transacting: [], open };
  globalThis.indexedDB = fake;
  return fake;

  function open() {
    const request = {};
    const wrong = fake.opening.shift();
    if (wrong === 'blocked') {
      request.unblock = () => succeed(request);
      fake.blocked = request;
      return request;
    }
    if (wrong?.thrown) throw wrong.thrown;
    soon(() => {
      if (wrong === undefined) return succeed(request);
      request.error = wrong;
      return request.onerror?.();
    });
    return request;
  }

  function succeed(request) {
    request.result = { isOpen: true, close: () => (request.result.isOpen = false), transaction: () => transaction(request.result) };
    fake.databases.push(request.result);
    request.onsuccess?.();
  }

  function transaction(database) {
    if (!database.isOpen) throw named('InvalidStateError');
    const running = {};
    const wrong = fake.transacting.shift();
    const after = (action) => {
      const request = {};
      soon(() => {
        if (wrong) running.error = wrong;
        else request.result = action();
        soon(() => (wrong ? running.onabort?.() : running.oncomplete?.()));
      });
      return request;
    };
    running.objectStore = () => ({
      get: (key) => after(() => fake.records.get(key)),
      put: (value, key) => after(() => void fake.records.set(key, structuredClone(value))),
      delete: (key) => after(() => void fake.records.delete(key)),
    });
    return running;
  }
}

afterEach(() => delete globalThis.indexedDB);

test('keeps one record for each key, in one connection', async () => {
  const fake = fakeIndexedDb();
  const [alice, bob] = [new IndexedDbStore('app', 'alice'), new IndexedDbStore('app', 'bob')];
  await alice.save({ cursor: 'a', state: new Map([[1, 2]]) });
  await bob.save({ cursor: 'b' });
  assert.deepEqual(await alice.load(), { cursor: 'a', state: new Map([[1, 2]]) });
  assert.equal((await bob.load()).cursor, 'b');
  await alice.clear();
  assert.equal(await alice.load(), null);
  assert.equal(fake.databases.length, 2);
  assert.equal(alice.isPersistent, true);
});

test('another tab wants the database closed: it is, and opened again at the next call', async () => {
  const fake = fakeIndexedDb();
  const store = new IndexedDbStore('app', 'alice');
  await store.save({ cursor: 'a' });
  fake.databases[0].onversionchange();
  assert.equal(fake.databases[0].isOpen, false);
  assert.equal((await store.load()).cursor, 'a');
  assert.equal(fake.databases.length, 2);
});

test('the browser closes the connection, with a word or without: the next call has another one', async () => {
  const fake = fakeIndexedDb();
  const store = new IndexedDbStore('app', 'alice');
  await store.save({ cursor: 'a' });
  fake.databases[0].isOpen = false;
  fake.databases[0].onclose();
  await store.save({ cursor: 'b' });
  fake.databases[1].isOpen = false;
  await store.save({ cursor: 'c' });
  fake.transacting = [named('AbortError')];
  await store.save({ cursor: 'd' });
  assert.equal((await store.load()).cursor, 'd');
  assert.equal(fake.databases.length, 4);
});

test('opening fails, or is blocked by another tab: an error in time, and the next call tries again', async () => {
  const fake = fakeIndexedDb();
  const store = new IndexedDbStore('app', 'alice', { openMs: 5 });
  fake.opening = [named('VersionError'), 'blocked'];
  await assert.rejects(store.load(), { name: 'VersionError' });
  await assert.rejects(store.load(), /did not open within 5 ms/);
  fake.blocked.unblock();
  assert.equal(fake.databases[0].isOpen, false, 'what opens too late is closed');
  await store.save({ cursor: 'a' });
  assert.equal((await store.load()).cursor, 'a');
});

test('a full disk is told, and does not end the connection to the database', async () => {
  const fake = fakeIndexedDb();
  const store = new IndexedDbStore('app', 'alice');
  fake.transacting = [named('QuotaExceededError')];
  await assert.rejects(store.save({ cursor: 'a' }), { name: 'QuotaExceededError' });
  await store.save({ cursor: 'b' });
  assert.equal(fake.databases.length, 1);
});

test('where a page may store nothing the record lives as long as the page, and the status says so', async () => {
  for (const forbid of [
    (fake) => (fake.opening = [named('SecurityError')]),
    (fake) => (fake.opening = [{ thrown: named('SecurityError') }]),
    () => delete globalThis.indexedDB,
  ]) {
    forbid(fakeIndexedDb());
    const store = new IndexedDbStore('app', 'alice');
    const { client, last, seen } = await startClient({ store, view: LIST_VIEW });
    last().serverSends(hello());
    last().serverSends(eventsFrame('c1', 0));
    assert.match(client.status.storeError.message, /does not let the page store/);
    await client.disconnect();
    await client.connect();
    assert.equal(seen.errors.length, 1, 'told once');
    await client.disconnect();
    assert.equal(store.isPersistent, false);
    assert.equal((await store.load()).cursor, 'c1');
  }
});
