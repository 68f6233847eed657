/** The document and the code: golden frames and items, and the names that both have. A test whose files are missing fails. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contract, fault, frameFault, ROOT } from './contract.mjs';

const PROTOCOL = 'ws-edge/src/main/java/dev/heddle/edge/protocol';
const HUB = 'ws-edge/src/main/java/dev/heddle/edge/hub';
const STATUS = 'event-schema/src/main/java/dev/heddle/event/RunStatus.java';

function read(path) {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : null;
}

/** The golden files of the edge: all files whose path has "golden" in a name. */
function goldenFiles() {
  const resources = join(ROOT, 'ws-edge/src/test/resources');
  if (!existsSync(resources)) return [];
  return readdirSync(resources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => /golden/i.test(file.slice(resources.length)));
}

/** The frames of a file: one JSON value, or one value per line, perhaps behind a name. */
function framesOf(file) {
  const text = readFileSync(file, 'utf8');
  try {
    return [JSON.parse(text)].flat();
  } catch {
    return text.split('\n').filter((line) => line.includes('{')).map((line) => JSON.parse(line.slice(line.indexOf('{'))));
  }
}

test('every golden frame of the edge is described', () => {
  const files = goldenFiles();
  assert.ok(files.length > 0, 'there is no golden frames');
  let seen = 0;
  for (const file of files) {
    for (const frame of framesOf(file)) {
      if (typeof frame?.type !== 'string') continue; // an answer beside the socket
      seen += 1;
      assert.equal(frameFault(frame), null, `${file}: ${JSON.stringify(frame)}`);
    }
  }
  assert.ok(seen > 0, `no frame in ${files.join(', ')}`);
});

test('every golden item is described', () => {
  const golden = read('event-schema/src/test/resources/golden/v1.txt');
  assert.ok(golden, 'no golden items');
  const lines = golden.split('\n');
  const items = lines.filter((line) => line.startsWith('AgentEvent')).map((line) => line.split(' ').slice(2).join(' '));
  assert.ok(items.length >= 31, `only ${items.length}`);
  for (const item of items) assert.equal(fault('Item', JSON.parse(item)), null, item);
});

test('the close codes of docs/protocol.md are those of the code', () => {
  const source = read(`${PROTOCOL}/CloseCode.java`);
  assert.ok(source !== null, 'there is no edge');
  const code = [...source.matchAll(/^ {4}[A-Z0-9_]+\((\d{4}), "/gm)].map(([, number]) => number);
  const page = [...readFileSync(new URL('../protocol.md', import.meta.url), 'utf8').matchAll(/^\| (\d{4}) \|/gm)];
  assert.ok(code.length > 0);
  assert.deepEqual(page.map(([, number]) => number).sort(), code.sort());
});

test('the reasons to reject a command are those of the code', () => {
  const source = read(`${PROTOCOL}/RejectCode.java`);
  assert.ok(source !== null, 'there is no edge');
  const words = [...source.matchAll(/^ {4}[A-Z_]+\("([a-z_]+)"/gm)].map(([, word]) => word);
  assert.deepEqual(contract.components.schemas.Rejected.properties.code.enum.toSorted(), words.sort());
});

test('the query parameters are those of the code', () => {
  const source = read(`${PROTOCOL}/StreamRequest.java`);
  assert.ok(source !== null, 'there is no edge');
  const [, set] = source.match(/NAMES =\s*Set\.of\(([^)]*)\)/);
  const names = [...set.matchAll(/"([a-z]+)"/g)].map(([, name]) => name);
  assert.deepEqual(Object.keys(contract.components.schemas.StreamQuery.properties).sort(), names.sort());
});

test('the reasons of a reset and the states of a run are those of the code', () => {
  assert.ok(read(STATUS) !== null, 'there is no snapshot');
  const names = (path, name) => {
    const body = read(path).match(new RegExp(`enum ${name} \\{([^;}]*)[;}]`))[1].replace(/\/\*[\s\S]*?\*\//g, '');
    return [...body.matchAll(/\b[A-Z_]+\b/g)].map(([word]) => word.toLowerCase()).sort();
  };
  const { Hello, Run } = contract.components.schemas;
  assert.deepEqual(Hello.properties.reason.enum.toSorted(), names(`${HUB}/Resume.java`, 'Reason'));
  assert.deepEqual(Run.properties.status.enum.toSorted(), names(STATUS, 'RunStatus'));
});
