import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeddleClient, MemoryStore } from '../heddle.js';
import { FakeClock, fakeSockets, hello, item, settle } from './fakes.js';

const LIST_VIEW = { initial: () => [], events: (state, items) => [...state, ...items.map((each) => each.runSeq)] };

async function started(options = {}) {
  const clock = new FakeClock();
  const { FakeWebSocket, sockets } = fakeSockets();
  const seen = { resume: [], status: [], errors: [], events: [] };
  let tokens = 0;
  const client = new HeddleClient({
    url: 'http://edge.test',
    token: async () => `token${(tokens += 1)}`,
    view: LIST_VIEW,
    WebSocket: FakeWebSocket,
    clock,
    random: () => 0.5,
    onResume: (outcome) => seen.resume.push(outcome),
    onStatus: (status) => seen.status.push(status.phase),
    onError: (error) => seen.errors.push(error),
    onEvent: (each) => seen.events.push(each.runSeq),
    ...options,
  });
  await client.connect();
  return { client, clock, sockets, seen, FakeWebSocket, last: () => sockets.at(-1) };
}

const events = (cursor, ...seqs) => ({ type: 'events', cursor, events: seqs.map((seq) => item(seq, { type: 'CUSTOM' })) });

test('offers heddle.v1 and the token as subprotocols, and never puts the token into the address', async () => {
  const { last } = await started({ from: 'earliest', types: ['RUN_*', 'CUSTOM'], fold: true, thread: 't 1' });
  assert.equal(last().url.pathname, '/v1/stream');
  assert.equal(last().url.protocol, 'ws:');
  assert.deepEqual(last().protocols, ['heddle.v1', 'bearer.token1']);
  assert.deepEqual(last().param, { from: 'earliest', thread: 't 1', types: 'RUN_*,CUSTOM', fold: 'true' });
  assert.ok(!last().url.href.includes('token1'));
});

test('keeps the cursor of hello before any event, and resumes with it and the partition hint', async () => {
  const { client, clock, sockets, last } = await started({ from: 'earliest' });
  last().serverSends(hello());
  assert.equal(client.cursor, 'c0');
  last().serverCloses(1006);
  await clock.advance(1000);
  assert.equal(sockets.length, 2);
  assert.deepEqual(last().param, { cursor: 'c0', p: '17' });
});

test('applies a frame whole and then keeps its cursor', async () => {
  const store = new MemoryStore();
  const { client, last, seen } = await started({ store });
  last().serverSends(hello());
  last().serverSends(events('c1', 0, 1));
  last().serverSends(events('c2'));
  await settle();
  assert.deepEqual(client.state, [0, 1]);
  assert.deepEqual(seen.events, [0, 1]);
  assert.equal(client.cursor, 'c2');
});

test('a frame that the view cannot apply moves neither state nor cursor, and ends the client', async () => {
  const view = {
    initial: () => 'start',
    events: () => {
      throw new Error('no');
    },
  };
  const { client, clock, last, seen, sockets } = await started({ view });
  last().serverSends(hello());
  last().serverSends(events('c1', 0));
  assert.equal(client.cursor, 'c0');
  assert.equal(client.state, 'start');
  assert.equal(client.status.phase, 'closed');
  assert.equal(seen.errors[0].message, 'no');
  await clock.advance(100_000);
  assert.equal(sockets.length, 1);
});

test('a frame whose event the app refuses moves neither state nor cursor', async () => {
  const onEvent = (each) => assert.notEqual(each.runSeq, 1);
  const { client, last } = await started({ onEvent });
  last().serverSends(hello());
  last().serverSends(events('c1', 0, 1));
  assert.equal(client.cursor, 'c0');
  assert.deepEqual(client.state, []);
});

test('what is stored is always a state with its own cursor, and a new client goes on from it', async () => {
  const saved = [];
  const store = new MemoryStore();
  const spy = { load: () => store.load(), save: (record) => (saved.push(record), store.save(record)) };
  const first = await started({ store: spy });
  first.last().serverSends(hello());
  for (let seq = 0; seq < 5; seq += 1) first.last().serverSends(events(`c${seq + 1}`, seq));
  await first.client.disconnect();
  for (const record of saved) assert.equal(record.cursor, `c${record.state.length}`);
  assert.equal(saved.at(-1).cursor, 'c5');

  const second = await started({ store: spy });
  assert.deepEqual(second.client.state, [0, 1, 2, 3, 4]);
  assert.deepEqual(second.last().param, { cursor: 'c5', p: '17' });
  second.last().serverSends(hello({ resume: 'resumed', cursor: 'c5' }));
  second.last().serverSends(events('c6', 5));
  assert.deepEqual(second.client.state, [0, 1, 2, 3, 4, 5]);
});

test('a cursor stored under another filter is not used', async () => {
  const store = new MemoryStore();
  const first = await started({ store, thread: 'a' });
  first.last().serverSends(hello());
  await first.client.disconnect();
  const second = await started({ store, thread: 'b' });
  assert.equal(second.last().param.cursor, undefined);
});

test('a store that cannot save is told of and does not stop the events', async () => {
  const store = { load: async () => null, save: async () => Promise.reject(new Error('quota')) };
  const { client, last, seen } = await started({ store });
  last().serverSends(hello());
  last().serverSends(events('c1', 0));
  await settle();
  assert.equal(seen.errors[0].message, 'quota');
  assert.deepEqual(client.state, [0]);
});

test('a reset of an aged cursor begins with the initial state, tells what may be lost, and goes on', async () => {
  const { client, clock, last, seen } = await started();
  last().serverSends(hello());
  last().serverSends(events('c1', 0));
  last().serverCloses(1006);
  await clock.advance(1000);
  last().serverSends(hello({ resume: 'reset', reason: 'retention', lost: { from: 'c1', to: 'c9' }, cursor: 'c9' }));
  assert.deepEqual(client.state, []);
  assert.equal(client.cursor, 'c9');
  assert.deepEqual(seen.resume.at(-1), { outcome: 'reset', reason: 'retention', lost: { from: 'c1', to: 'c9' } });
});

test('the app may keep its state over a reset', async () => {
  const { client, clock, last } = await started({ onReset: ({ state }) => [...state, 'gap'] });
  last().serverSends(hello());
  last().serverSends(events('c1', 0));
  last().serverCloses(1006);
  await clock.advance(1000);
  last().serverSends(hello({ resume: 'reset', reason: 'retention', cursor: 'c9' }));
  assert.deepEqual(client.state, [0, 'gap']);
});

test('after a reset to latest a client that asked for more begins again without a cursor', async () => {
  const { client, clock, last, seen, sockets } = await started({ from: 'earliest' });
  last().serverSends(hello());
  last().serverCloses(1006);
  await clock.advance(1000);
  last().serverSends(hello({ resume: 'reset', reason: 'generation', cursor: 'g9' }));
  await clock.advance(0);
  assert.equal(sockets.length, 3);
  assert.deepEqual(last().param, { from: 'earliest', p: '17' });
  last().serverSends(hello({ cursor: 'g0' }));
  assert.deepEqual(seen.resume.map((each) => each.outcome), ['fresh', 'reset', 'fresh']);
  assert.equal(client.cursor, 'g0');
});

test('is live once caught up, and ignores frames and fields that it does not know', async () => {
  const { client, last } = await started();
  last().serverSends(hello({ surprise: true }));
  last().serverSends({ type: 'tomorrow', x: 1 });
  assert.equal(client.status.phase, 'open');
  last().serverSends({ type: 'caughtUp', cursor: 'c7' });
  assert.equal(client.status.phase, 'live');
  assert.equal(client.cursor, 'c7');
});

test('a snapshot goes to the view and moves the cursor with it', async () => {
  const view = { ...LIST_VIEW, snapshot: (state, frame) => [...state, ...frame.runs.map((run) => run.runId)] };
  const { client, last } = await started({ view });
  last().serverSends(hello());
  last().serverSends({ type: 'snapshot', cursor: 'c0s', complete: true, runs: [{ runId: 'r1' }] });
  assert.deepEqual(client.state, ['r1']);
  assert.equal(client.cursor, 'c0s');
});

test('disconnect stays away with everything kept, connect comes back with the cursor', async () => {
  const { client, clock, last, sockets } = await started();
  last().serverSends(hello());
  last().serverSends(events('c1', 0));
  await client.disconnect();
  assert.equal(client.status.phase, 'idle');
  await clock.advance(600_000);
  assert.equal(sockets.length, 1);
  await client.connect();
  assert.equal(last().param.cursor, 'c1');
});
