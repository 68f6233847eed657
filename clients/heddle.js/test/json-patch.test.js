import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from '../heddle.js';

const CASES = [
  ['adds a member', {}, [{ op: 'add', path: '/a', value: 1 }], { a: 1 }],
  ['inserts into an array', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
  ['appends with -', [1], [{ op: 'add', path: '/-', value: 2 }], [1, 2]],
  ['replaces deep down', { a: [{ b: 1 }] }, [{ op: 'replace', path: '/a/0/b', value: 2 }], { a: [{ b: 2 }] }],
  ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
  ['removes', { a: 1, b: [1, 2] }, [{ op: 'remove', path: '/a' }, { op: 'remove', path: '/b/0' }], { b: [2] }],
  ['moves and copies', { a: { x: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }, { op: 'move', from: '/a/x', path: '/c' }], { a: {}, b: { x: 1 }, c: 1 }],
  ['unescapes pointers', { 'a/b': 1, 'm~n': 2 }, [{ op: 'remove', path: '/a~1b' }, { op: 'replace', path: '/m~0n', value: 3 }], { 'm~n': 3 }],
  ['tests equality by value', { a: { x: [1], y: null } }, [{ op: 'test', path: '/a', value: { y: null, x: [1] } }], { a: { x: [1], y: null } }],
  ['an empty key is a key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
];

for (const [name, value, patch, expected] of CASES) {
  test(name, () => {
    const before = structuredClone(value);
    assert.deepEqual(applyPatch(value, patch), expected);
    assert.deepEqual(value, before);
  });
}

const REFUSED = [
  ['a missing member', {}, { op: 'replace', path: '/a', value: 1 }],
  ['an index beyond the end', [1], { op: 'add', path: '/3', value: 1 }],
  ['an index with leading zero', [1, 2], { op: 'remove', path: '/01' }],
  ['a failed test', { a: 1 }, { op: 'test', path: '/a', value: '1' }],
  ['a move into itself', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }],
  ['an unknown operation', {}, { op: 'frobnicate', path: '/a' }],
  ['a pointer that is none', {}, { op: 'add', path: 'a', value: 1 }],
];

for (const [name, value, operation] of REFUSED) {
  test(`refuses ${name}`, () => assert.throws(() => applyPatch(value, [operation])));
}

test('__proto__ is only a key', () => {
  const patched = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  assert.equal({}.polluted, undefined);
  assert.equal(patched.polluted, undefined);
});
