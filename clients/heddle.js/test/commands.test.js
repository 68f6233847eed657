import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeddleClient } from '../heddle.js';
import { FakeClock, fakeSockets, hello, settle } from './fakes.js';

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
