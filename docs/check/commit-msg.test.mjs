/** The hook `.githooks/commit-msg`: the messages that it accepts and those that it refuses. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './contract.mjs';

function refusal(message) {
  const directory = mkdtempSync(join(tmpdir(), 'commit-msg-'));
  try {
    const file = join(directory, 'COMMIT_EDITMSG');
    writeFileSync(file, message);
    const { status, stderr } = spawnSync('bash', [join(ROOT, '.githooks/commit-msg'), file], { encoding: 'utf8' });
    assert.equal(status, stderr === '' ? 0 : 1, stderr);
    return stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a subject of 72 characters with a body is taken', () => {
  assert.equal(refusal(`${'x'.repeat(72)}\n\nIt says why.\n`), '');
  assert.equal(refusal('# a comment\n\nA subject\n\n# another\nIt says why.\n'), '');
});

test('a subject that is missing or too long is refused', () => {
  assert.match(refusal('# only a comment\n'), /empty/);
  assert.match(refusal(`${'x'.repeat(73)}\n\nIt says why.\n`), /73 characters/);
});

test('a message without a body is refused', () => {
  assert.match(refusal('A subject\n'), /body/);
  assert.match(refusal('A subject\nIt says why.\n'), /second line/);
  assert.match(refusal('A subject\n\nSigned-off-by: Somebody <somebody@example.com>\n'), /body/);
  assert.match(refusal('A subject\n\n# ------------------------ >8 ------------------------\ndiff --git\n'), /body/);
});

test('messages that Git writes itself are taken', () => {
  assert.equal(refusal("Merge branch 'topic'\n"), '');
  assert.equal(refusal('fixup! A subject\n'), '');
});
