/** The document alone: it is valid AsyncAPI 3.0 and complete, accepts its examples, and refuses mutilated ones. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import Ajv from 'ajv';
import { contract, fault, messages, schemaOf } from './contract.mjs';

const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');

test('the document is AsyncAPI 3.0', () => {
  // The specification brings draft-07's meta-schema along, so Ajv's own stays away.
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, meta: false, validateSchema: false });
  const valid = ajv.validate(specification, contract);
  assert.ok(valid, ajv.errorsText(ajv.errors?.slice(0, 5)));
  assert.equal(ajv.validate(specification, { ...contract, channels: { stream: { addres: '/' } } }), false, 'it judges');
});

test('every reference leads somewhere', () => {
  const lost = [];
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (typeof node.$ref === 'string') {
      const found = node.$ref.slice(2).split('/').reduce((at, key) => at?.[key], contract);
      if (!node.$ref.startsWith('#/') || found === undefined) lost.push(node.$ref);
    }
    Object.values(node).forEach(visit);
  };
  visit(contract);
  assert.deepEqual(lost, []);
});

test('every message is on the channel and in an operation', () => {
  const sent = JSON.stringify(contract.operations);
  for (const name of Object.keys(messages)) {
    assert.ok(contract.channels.stream.messages[name], `${name} is not on the channel`);
    assert.ok(sent.includes(`#/channels/stream/messages/${name}"`), `${name} is in no operation`);
  }
});

for (const [name, message] of Object.entries(messages)) {
  test(`${name}: its examples are right, and wrong without any field that is required`, () => {
    const schema = schemaOf(message);
    const { required } = contract.components.schemas[schema];
    assert.ok(message.examples?.length > 0, 'no example');
    for (const { payload } of message.examples) {
      assert.equal(fault(schema, payload), null);
      for (const field of required) {
        const { [field]: dropped, ...rest } = payload;
        assert.notEqual(fault(schema, rest), null, `nobody misses ${field}`);
      }
      assert.notEqual(fault(schema, { ...payload, type: 'another' }), null);
      assert.notEqual(fault(schema, { ...payload, undescribed: 1 }), null);
    }
  });
}

test('hello: reason and lost come with a reset, and only then', () => {
  const [fresh, , reset] = messages.hello.examples.map(({ payload }) => payload);
  const { reason, lost } = reset;
  assert.notEqual(fault('Hello', { ...fresh, reason }), null);
  assert.notEqual(fault('Hello', { ...fresh, lost }), null);
  assert.notEqual(fault('Hello', { ...fresh, resume: 'reset', reason }), null);
});

test('an item is in a run with number and attempt, or in none', () => {
  const item = messages.events.examples[0].payload.events[0];
  for (const field of ['runId', 'runSeq', 'attempt']) {
    const { [field]: dropped, ...rest } = item;
    assert.notEqual(fault('Item', rest), null, field);
  }
});

test('from: latest, earliest, an instant or last:1 to last:10000', () => {
  const takes = (from) => fault('StreamQuery', { from }) === null;
  for (const from of ['latest', 'earliest', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00+01:00', 'last:1', 'last:10000']) {
    assert.ok(takes(from), from);
  }
  for (const from of ['', 'yesterday', 'last:0', 'last:10001', 'last:-1', '2026-01-01']) assert.ok(!takes(from), from);
});
