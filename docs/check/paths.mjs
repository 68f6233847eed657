/**
 * Checks that every file, link, heading and class that a page names exists: `npm run paths`. Arguments are other checkouts of the
 * repository; a file must exist in one of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checkouts = [root, ...process.argv.slice(2)];
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
  ['docs', 'docs/adr'].flatMap((directory) =>
    readdirSync(join(root, directory)).filter((name) => name.endsWith('.md')).map((name) => `${directory}/${name}`),
  ),
);
/** Texts that look like a path and are none. */
const PROSE = new Set(['src/main/java', 'application/json', 'heddle/edge']);
const missing = [];
for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`([a-z][\w.-]*\/[\w./-]+)`/g)].map(([, path]) => path);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(page, '..', path));
  for (const path of [...named, ...linked]) {
    if (!PROSE.has(path) && !checkouts.some((checkout) => existsSync(join(checkout, path)))) missing.push(`${page}: ${path}`);
  }
}
/** The anchors that a page has by its headings, as Markdown's renderers derive them. */
function anchorsOf(page) {
  const headings = readFileSync(page, 'utf8').replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm);
  return new Set([...headings].map(([, heading]) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')));
}
for (const page of pages) {
  for (const [, path, anchor] of readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
    const target = path === '' ? join(root, page) : join(root, page, '..', path);
    if (existsSync(target) && !anchorsOf(target).has(anchor)) missing.push(`${page}: ${path}#${anchor}`);
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
