/**
 * Whether every file that the pages name is there: `npm run paths`, or with other checkouts of the repository as arguments,
 * in one of which each file must be.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checkouts = [root, ...process.argv.slice(2)];
const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/protocol.md'].concat(
  readdirSync(join(root, 'docs/adr')).map((name) => `docs/adr/${name}`),
);
/** What looks like a path and is none. */
const PROSE = new Set(['src/main/java', 'docs/adr/NNNN-title.md', 'application/json']);
const missing = [];
for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`([a-z][\w.-]*\/[\w./-]+)`/g)].map(([, path]) => path);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(page, '..', path));
  for (const path of [...named, ...linked]) {
    if (!PROSE.has(path) && !checkouts.some((checkout) => existsSync(join(checkout, path)))) missing.push(`${page}: ${path}`);
  }
}
const words = new Set();
const walk = (directory) => {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory() && !['target', 'node_modules', '.git'].includes(entry.name)) walk(join(directory, entry.name));
    else if (/\.(java|js|yml)$/.test(entry.name)) {
      for (const [word] of readFileSync(join(directory, entry.name), 'utf8').matchAll(/\b[A-Za-z]\w+/g)) words.add(word);
    }
  }
};
checkouts.forEach(walk);
for (const page of pages) {
  for (const [, name, , member] of readFileSync(join(root, page), 'utf8').matchAll(/`([A-Z][a-z]\w+)(\.([a-z]\w+))?`/g)) {
    if (!words.has(name)) missing.push(`${page}: ${name}`);
    else if (member && !words.has(member)) missing.push(`${page}: ${name}.${member}`);
  }
}
console.log(missing.length === 0 ? 'every name leads somewhere' : missing.join('\n'));
process.exitCode = missing.length === 0 ? 0 : 1;
