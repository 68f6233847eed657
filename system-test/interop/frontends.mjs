/** Runs each block of docs/frontends.md, and compares what it prints with the text block behind it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { check, program, same, someone, tokenFor } from './lib.mjs';

await program({}, async ({ url }) => {
  const page = readFileSync(new URL('../../docs/frontends.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```js\n(.*?)^```\n\n```text\n(.*?)^```$/gms)];
  same(blocks.length, page.match(/^```js$/gm).length, 'blocks with an output');
  check(blocks.length > 0, 'the page has no block');
  const env = { ...process.env, HEDDLE_URL: url, HEDDLE_TOKEN: await tokenFor(url, someone('page')) };
  for (const [, code, output] of blocks) {
    const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', code], { env, timeout: 60_000 });
    same(stdout, output, code);
  }
  return `${blocks.length} blocks`;
});
