/** The decision records: one form, numbers without a gap, and an index that lists them all. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './contract.mjs';

const DIRECTORY = join(ROOT, 'docs/adr');
const RECORDS = readdirSync(DIRECTORY).filter((name) => name !== 'README.md').sort();

test('every record has the form', () => {
  RECORDS.forEach((name, i) => {
    const number = String(i + 1).padStart(4, '0');
    assert.match(name, new RegExp(`^${number}-[a-z0-9-]+\\.md$`));
    const text = readFileSync(join(DIRECTORY, name), 'utf8');
    assert.match(text, new RegExp(`^# ${number}: .+\n\n\\*\\*Status:\\*\\* (proposed|accepted|superseded)\\b`), name);
    assert.deepEqual(text.match(/^## .*$/gm), ['## Context', '## Decision', '## Consequences'], name);
  });
});

test('the index lists every record with its title', () => {
  const index = readFileSync(join(DIRECTORY, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^\| \[(\d{4})\]\(([^)]+)\) \| (.+?) \| /gm)].map(([, number, file, title]) => ({ number, file, title }));
  const expected = RECORDS.map((file) => {
    const [, number, title] = readFileSync(join(DIRECTORY, file), 'utf8').match(/^# (\d{4}): (.+)$/m);
    return { number, file, title };
  });
  assert.deepEqual(listed, expected);
});
