import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeddleClient } from '../heddle.js';
import { FakeClock, fakeSockets, hello, settle, startClient } from './fakes.js';

async function started() {
  const clock = new FakeClock();
  const fakes = fakeSockets();
  const client = new HeddleClient({
    url: 'http://edge.test',
    token: async () => 't',
    WebSocket: fakes.FakeWebSocket,
    clock,
    random: () => 0.5,
  });
  await client.connect();
  return { client, clock, ...fakes, last: () => fakes.sockets.at(-1) };
}

const RUN = { agentId: 'echo', threadId: 't1', input: { messages: [] } };

test('a command waits for hello, is sent once, and resolves when accepted', async () => {
  const { client, last } = await started();
  const answer = client.start(RUN);
  assert.deepEqual(last().sent, []);
  last().serverSends(hello());
  const [command] = last().sent;
  assert.match(command.id, /^[0-9a-f]{32}$/);
  assert.deepEqual(command, { type: 'command', id: command.id, command: 'run.start', ...RUN });
  last().serverSends({ type: 'accepted', id: command.id, runId: 'r9' });
  assert.equal((await answer).runId, 'r9');
});

test('an unanswered command is sent again with the same id on every connection, an answered one is not', async () => {
  const { client, clock, last, sockets } = await started();
  last().serverSends(hello());
  const answer = client.cancel({ threadId: 't1', runId: 'r1', id: 'mine' });
  const other = client.start(RUN);
  last().serverSends({ type: 'accepted', id: last().sent[1].id, runId: 'r2' });
  await other;
  for (let round = 0; round < 3; round += 1) {
    last().serverCloses(1006);
    await clock.advance(5000);
    last().serverSends(hello());
    assert.deepEqual(last().sent, [{ type: 'command', id: 'mine', command: 'run.cancel', threadId: 't1', runId: 'r1' }]);
  }
  last().serverSends({ type: 'accepted', id: 'mine' });
  await answer;
  assert.equal(sockets.length, 4);
});

test('a rejection that may be retried is, with the same id; a final one rejects with its code', async () => {
  const { client, clock, last } = await started();
  last().serverSends(hello());
  const answer = client.start({ ...RUN, id: 'a' });
  last().serverSends({ type: 'rejected', id: 'a', code: 'unavailable', message: 'later', retryable: true });
  await clock.advance(250);
  assert.deepEqual(last().sent.map((frame) => frame.id), ['a', 'a']);
  last().serverSends({ type: 'rejected', id: 'a', code: 'unknown_agent', message: 'no such agent', retryable: false });
  await assert.rejects(answer, { name: 'CommandRejected', code: 'unknown_agent', message: 'no such agent' });
});

test('a rejection that may be retried for ever is not', async () => {
  const { client, clock, last } = await started();
  last().serverSends(hello({ heartbeatSeconds: 1e6 }));
  const outcome = client.start({ ...RUN, id: 'a' }).catch((error) => error);
  for (let round = 0; round < 9; round += 1) {
    last().serverSends({ type: 'rejected', id: 'a', code: 'rate_limited', message: '', retryable: true });
    await clock.advance(60_000);
  }
  assert.equal((await outcome).code, 'rate_limited');
  assert.equal(last().sent.length, 9);
});

test('a command larger than the edge takes never leaves', async () => {
  const { client, last } = await started();
  last().serverSends(hello({ maxFrameBytes: 100 }));
  const input = { messages: [{ id: 'm', role: 'user', content: 'ä'.repeat(60) }] };
  await assert.rejects(client.start({ ...RUN, input }), { code: 'too_large' });
  assert.deepEqual(last().sent, []);
});

test('a final close rejects what is unanswered; a disconnect keeps it', async () => {
  const { client, last } = await started();
  last().serverSends(hello());
  const answer = client.start({ ...RUN, id: 'kept' });
  await client.disconnect();
  await client.connect();
  last().serverSends(hello());
  assert.deepEqual(last().sent.map((frame) => frame.id), ['kept']);
  last().serverCloses(4403);
  await assert.rejects(answer, { name: 'ConnectionClosed', code: 4403 });
});

test('one id cannot wait twice, and answers to unknown ids are nothing', async () => {
  const { client, last } = await started();
  last().serverSends(hello());
  const first = client.start({ ...RUN, id: 'x' });
  await assert.rejects(client.start({ ...RUN, id: 'x' }), /already waiting/);
  last().serverSends({ type: 'accepted', id: 'stranger' });
  last().serverSends({ type: 'rejected', id: 'stranger', code: 'invalid', message: '', retryable: false });
  last().serverSends({ type: 'accepted', id: 'x' });
  await first;
  await settle();
});

test('commands leave in their order, sixteen at most unanswered: an edge refuses more and closes on hundreds', async () => {
  const { client, clock, last } = await started();
  const answers = Array.from({ length: 500 }, (_, n) => client.start({ ...RUN, id: `c${n}` }));
  last().serverSends(hello());
  assert.equal(last().sent.length, 16);
  last().serverCloses(1000);
  await clock.advance(1000);
  last().serverSends(hello());
  for (let n = 0; n < 500; n += 1) {
    assert.ok(last().sent.length <= n + 16);
    last().serverSends({ type: 'accepted', id: last().sent[n].id, runId: `r${n}` });
  }
  assert.deepEqual(last().sent.map(({ id }) => id), answers.map((_, n) => `c${n}`));
  assert.deepEqual((await Promise.all(answers)).map(({ runId }) => runId), answers.map((_, n) => `r${n}`));
});

test('a rejection that may be retried gives its place to the next command', async () => {
  const { client, last } = await started();
  for (let n = 0; n < 17; n += 1) client.start({ ...RUN, id: `c${n}` });
  last().serverSends(hello());
  last().serverSends({ type: 'rejected', id: 'c0', code: 'rate_limited', message: '', retryable: true });
  assert.deepEqual(last().sent.map(({ id }) => id).slice(15), ['c15', 'c16']);
});

test('what waits is bounded, in number and in bytes, and the surplus is told at once', async () => {
  const { client } = await started();
  const rejected = [];
  const offer = (id, input) => client.start({ ...RUN, id, input }).catch((error) => rejected.push(error));
  for (let n = 0; n < 1001; n += 1) offer(`c${n}`, {});
  await settle();
  assert.deepEqual(rejected.map(({ id, code, retryable }) => [id, code, retryable]), [['c1000', 'too_many_waiting', true]]);
  const other = await started();
  const large = { text: 'x'.repeat(5_000_000) };
  const results = await Promise.race([
    Promise.allSettled([0, 1, 2, 3].map((n) => other.client.start({ ...RUN, id: `l${n}`, input: large }))),
    settle().then(() => other.client.start({ ...RUN, id: 'l4', input: large }).catch((error) => error)),
  ]);
  assert.equal(results.code, 'too_many_waiting');
});

test('what the edge would close the connection for never leaves', async () => {
  const { client, last } = await started();
  last().serverSends(hello());
  const failing = {
    toJSON() {
      throw new Error('mine');
    },
  };
  const cyclic = {};
  cyclic.self = cyclic;
  let deep = {};
  for (let level = 0; level < 600; level += 1) deep = { deep };
  for (const bad of [{ id: '' }, { id: 'x'.repeat(129) }, { id: 7 }, { input: cyclic }, { input: { big: 1n } }, { input: deep }, { input: failing }]) {
    await assert.rejects(client.start({ ...RUN, ...bad }), { name: 'CommandRejected', code: 'invalid', retryable: false });
  }
  assert.deepEqual(last().sent, []);
  client.start({ ...RUN, id: 'fine', input: { text: '"[{\\"'.repeat(600) } });
  assert.deepEqual(last().sent.map(({ id }) => id), ['fine']);
});

test('a command is what it was when it was given, whatever becomes of its input', async () => {
  const { client, clock, last } = await started();
  const input = { messages: [{ id: 'm', role: 'user', content: 'yes' }] };
  client.start({ ...RUN, id: 'mine', input });
  last().serverSends(hello());
  input.messages[0].content = 'no';
  last().serverCloses(1006);
  await clock.advance(1000);
  last().serverSends(hello());
  assert.equal(last().sent[0].input.messages[0].content, 'yes');
});

test('an edge that never answers a command is asked again on the same connection', async () => {
  const { client, clock, last } = await started();
  last().serverSends(hello({ heartbeatSeconds: 1e6 }));
  const answer = client.start({ ...RUN, id: 'mine' });
  await clock.advance(90_000);
  assert.deepEqual(last().sent.map(({ id }) => id), ['mine', 'mine']);
  last().serverSends({ type: 'accepted', id: 'mine', runId: 'r' });
  last().serverSends({ type: 'accepted', id: 'mine', runId: 'other' });
  last().serverSends({ type: 'rejected', id: 'mine', code: 'invalid', message: '', retryable: false });
  assert.equal((await answer).runId, 'r');
  await clock.advance(600_000);
  assert.equal(last().sent.length, 2);
});

test('a client that has ended takes no command', async () => {
  const { client, last } = await started();
  last().serverCloses(4403, 'not you');
  await assert.rejects(client.start(RUN), { name: 'ConnectionClosed', code: 4403, message: 'closed with 4403: not you' });
  await client.connect();
  last().serverSends(hello());
  client.start({ ...RUN, id: 'again' });
  assert.equal(last().sent[0].id, 'again');
});

test('the agents on offer are known as a whole, whatever a frame tells of them', async () => {
  const told = [];
  const { client, last } = await startClient({ agents: true, onAgents: (frame, all) => told.push(all.map(({ agentId, status }) => `${agentId} ${status}`)) });
  assert.equal(last().param.agents, 'true');
  last().serverSends(hello());
  const agents = (complete, ...all) => ({ type: 'agents', complete, agents: all.map(([agentId, status]) => ({ agentId, status })) });
  last().serverSends(agents(true, ['echo', 'available'], ['planner', 'busy']));
  last().serverSends(agents(false, ['planner', 'available']));
  last().serverSends(agents(true, ['echo', 'busy']));
  assert.deepEqual(told, [['echo available', 'planner busy'], ['echo available', 'planner available'], ['echo busy']]);
  assert.equal(client.agents.length, 1);
});
