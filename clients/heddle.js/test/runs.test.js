import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runView } from '../heddle.js';
import { item } from './fakes.js';

function fold(events, view = runView()) {
  return view.events(view.initial(), events.map((event, seq) => item(seq, event)));
}

const run = (...events) => fold(events).runs.get('r');
const START = { type: 'RUN_STARTED', threadId: 't', runId: 'r' };
const END = { type: 'RUN_FINISHED', threadId: 't', runId: 'r' };

test('folds messages, calls, reasoning and steps in the order in which they began', () => {
  const result = run(
    { ...START, input: { messages: [{ id: 'u', role: 'user', content: 'hi' }] } },
    { type: 'STEP_STARTED', stepName: 'plan' },
    { type: 'REASONING_START', messageId: 'q' },
    { type: 'REASONING_MESSAGE_START', messageId: 'q', role: 'reasoning' },
    { type: 'REASONING_MESSAGE_CONTENT', messageId: 'q', delta: 'hmm' },
    { type: 'REASONING_MESSAGE_END', messageId: 'q' },
    { type: 'REASONING_END', messageId: 'q' },
    { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'search' },
    { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '{"q":' },
    { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '1}' },
    { type: 'TOOL_CALL_END', toolCallId: 'c' },
    { type: 'TOOL_CALL_RESULT', messageId: 'm0', toolCallId: 'c', content: [{ type: 'text', text: 'ok' }, { type: 'image' }] },
    { type: 'STEP_FINISHED', stepName: 'plan' },
    { type: 'TEXT_MESSAGE_START', messageId: 'm' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Hel' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'lo' },
    { type: 'TEXT_MESSAGE_END', messageId: 'm' },
    END,
  );
  assert.deepEqual(result.entries, [
    { kind: 'reasoning', id: 'q', open: false, text: 'hmm' },
    { kind: 'tool', id: 'c', open: false, name: 'search', args: '{"q":1}', result: 'ok[image]' },
    { kind: 'message', id: 'm', open: false, role: 'assistant', name: undefined, text: 'Hello' },
  ]);
  assert.deepEqual(result.input.map((message) => message.text), ['hi']);
  assert.deepEqual(result.steps, [{ name: 'plan', open: false }]);
  assert.equal(result.status, 'finished');
  assert.deepEqual([result.runSeq, result.gaps, result.repeats, result.partial], [17, 0, 0, false]);
});

test('leaves the state before a frame as it was, and runs that a frame does not touch the same', () => {
  const view = runView();
  const one = view.events(view.initial(), [item(0, START), item(0, { ...START, runId: 'other' }, { runId: 'other' })]);
  const open = view.events(one, [
    item(1, { type: 'TEXT_MESSAGE_START', messageId: 'm' }),
    item(2, { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'a' }),
  ]);
  const before = structuredClone(open);
  const after = view.events(open, [item(3, { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'b' })]);
  assert.deepEqual(open, before);
  assert.equal(after.runs.get('other'), open.runs.get('other'));
  assert.equal(after.runs.get('r').entries[0].text, 'ab');
});

test('one frame or many, the result is the same', () => {
  const events = [START, { type: 'TEXT_MESSAGE_START', messageId: 'm' }, { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x' }, END];
  const view = runView();
  const single = events.reduce((state, event, seq) => view.events(state, [item(seq, event)]), view.initial());
  assert.deepEqual(single, fold(events));
});

test('counts what is missing and what came again, and takes a folded item for all that it stands for', () => {
  const view = runView();
  const delta = { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x' };
  const state = view.events(view.initial(), [item(0, START), item(1, delta), item(5, delta, { runSeqFrom: 2 }), item(8, delta), item(8, delta)]);
  const { runSeq, gaps, repeats } = state.runs.get('r');
  assert.deepEqual({ runSeq, gaps, repeats }, { runSeq: 8, gaps: 2, repeats: 1 });
});

test('a run that begins in its middle is shown from there and says so', () => {
  const view = runView();
  const state = view.events(view.initial(), [item(7, { type: 'TOOL_CALL_ARGS', toolCallId: 'c', delta: '1}' })]);
  const result = state.runs.get('r');
  assert.equal(result.partial, true);
  assert.equal(result.gaps, 0);
  assert.equal(result.entries[0].args, '1}');
});

test('tells how a run ended', () => {
  assert.equal(run(START, { ...END, outcome: { type: 'cancelled' } }).status, 'cancelled');
  const asked = run(START, { ...END, outcome: { type: 'interrupt', interrupts: [{ id: 'i', reason: 'approve' }] } });
  assert.equal(asked.status, 'interrupted');
  assert.equal(asked.interrupts[0].id, 'i');
  const failed = run(START, { type: 'TEXT_MESSAGE_START', messageId: 'm' }, { type: 'RUN_ERROR', message: 'boom', code: 'x' });
  assert.deepEqual([failed.status, failed.error, failed.entries[0].open], ['error', { message: 'boom', code: 'x' }, false]);
});

test('state goes through snapshot and patches, and on to the next run of the thread', () => {
  const view = runView();
  const first = fold([START, { type: 'STATE_SNAPSHOT', snapshot: { a: [1] } }, { type: 'STATE_DELTA', delta: [{ op: 'add', path: '/a/-', value: 2 }] }], view);
  assert.deepEqual(first.runs.get('r').state, { a: [1, 2] });
  const second = view.events(first, [item(0, { ...START, runId: 's' }, { runId: 's' })]);
  assert.deepEqual(second.runs.get('s').state, { a: [1, 2] });
});

test('a patch that does not fit is shown as it is and changes nothing', () => {
  const result = run(START, { type: 'STATE_SNAPSHOT', snapshot: {} }, { type: 'STATE_DELTA', delta: [{ op: 'remove', path: '/x' }] });
  assert.deepEqual(result.state, {});
  assert.equal(result.entries[0].type, 'STATE_DELTA');
  assert.match(result.entries[0].error, /nothing at x/);
});

test('a restated history replaces messages and calls', () => {
  const result = run(START, { type: 'TEXT_MESSAGE_START', messageId: 'm' }, {
    type: 'MESSAGES_SNAPSHOT',
    messages: [
      { id: 'a', role: 'assistant', content: 'hi', toolCalls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { id: 't', role: 'tool', toolCallId: 'c', content: 'done' },
    ],
  });
  assert.deepEqual(result.entries.map((entry) => entry.kind), ['message', 'tool']);
  assert.equal(result.entries[1].result, 'done');
});

test('a closed message that is opened again goes on', () => {
  const result = run(
    START,
    { type: 'TEXT_MESSAGE_START', messageId: 'm' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'a' },
    { type: 'TEXT_MESSAGE_END', messageId: 'm' },
    { type: 'TEXT_MESSAGE_START', messageId: 'm' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'b' },
  );
  assert.deepEqual(result.entries.map(({ text, open }) => ({ text, open })), [{ text: 'ab', open: true }]);
});

test('unknown types, malformed events and names of the language do no harm', () => {
  const result = run(START, { type: 'TOMORROW', x: 1 }, { type: 'constructor' }, { type: 'MESSAGES_SNAPSHOT' }, { type: '__proto__' });
  assert.deepEqual(result.entries.map((entry) => entry.type), ['TOMORROW', 'constructor', 'MESSAGES_SNAPSHOT', '__proto__']);
});

test('events outside a run are notices', () => {
  const view = runView();
  const notice = item(0, { type: 'CUSTOM', name: 'heddle.command', value: { id: 'x' } }, { runId: undefined, runSeq: undefined });
  assert.deepEqual(view.events(view.initial(), [notice]).notices, [notice]);
});

test('keeps at most maxRuns, never dropping one that still runs', () => {
  const view = runView({ maxRuns: 2 });
  const frames = ['a', 'b', 'c', 'd'].flatMap((runId) => [
    item(0, { ...START, runId }, { runId }),
    ...(runId === 'a' ? [] : [item(1, { ...END, runId }, { runId })]),
  ]);
  assert.deepEqual([...view.events(view.initial(), frames).runs.keys()], ['a', 'd']);
});

test('a snapshot tells of runs that the client has not seen, oldest first', () => {
  const view = runView();
  const known = (runId) => ({ runId, threadId: 't', status: 'finished', startedAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:02Z', runSeq: 4, attempt: 0 });
  const state = view.snapshot(view.initial(), { runs: [known('new'), known('old')] });
  assert.deepEqual([...state.runs.keys()], ['old', 'new']);
  assert.equal(state.runs.get('new').partial, true);
  assert.equal(state.runs.get('new').startedAt, Date.UTC(2026, 0, 1));
});

test('a snapshot as an edge writes it becomes runs whose instants are those of events', () => {
  const golden = new URL('../../../ws-edge/src/test/resources/golden/frames/snapshot.json', import.meta.url);
  const frame = JSON.parse(readFileSync(golden, 'utf8'));
  const [told] = frame.runs;
  assert.equal(typeof told.startedAt, 'string', 'on the wire it is text');
  const view = runView();
  const known = view.snapshot(view.initial(), frame).runs.get(told.runId);
  assert.deepEqual([known.startedAt, known.updatedAt], [Date.parse(told.startedAt), Date.parse(told.updatedAt)]);
  const [event] = [item(told.runSeq + 1, { type: 'CUSTOM', timestamp: known.updatedAt + 5 }, { runId: told.runId })];
  const next = view.events(view.snapshot(view.initial(), frame), [event]).runs.get(told.runId);
  assert.deepEqual([next.startedAt, next.updatedAt, next.gaps], [known.startedAt, known.updatedAt + 5, 0]);
});