/** RFC 6902 on values that are never changed in place: what a patch does not touch is shared with the old value. */

/**
 * The value after all operations, or an error that names the one that failed; never a half-applied patch.
 *
 * @param {unknown} value any JSON value
 * @param {Array<{op: string, path: string, from?: string, value?: unknown}>} patch
 */
export function applyPatch(value, patch) {
  return patch.reduce(applyOperation, value);
}

function applyOperation(value, operation) {
  const path = parsePointer(operation.path);
  switch (operation.op) {
    case 'add':
      return put(value, path, operation.value, 'add');
    case 'replace':
      return put(value, path, operation.value, 'replace');
    case 'remove':
      return remove(value, path);
    case 'copy':
      return put(value, path, read(value, parsePointer(operation.from)), 'add');
    case 'move': {
      const from = parsePointer(operation.from);
      if (path.length > from.length && from.every((key, i) => key === path[i])) {
        throw new Error(`cannot move ${operation.from} into itself`);
      }
      return put(remove(value, from), path, read(value, from), 'add');
    }
    case 'test':
      if (!same(read(value, path), operation.value)) throw new Error(`test failed at ${operation.path}`);
      return value;
    default:
      throw new Error(`unknown operation ${operation.op}`);
  }
}

function parsePointer(pointer) {
  if (typeof pointer !== 'string' || (pointer !== '' && pointer[0] !== '/')) throw new Error(`bad pointer ${pointer}`);
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function read(value, path) {
  return path.reduce((node, key) => {
    if (!has(node, key)) throw new Error(`nothing at ${key}`);
    return node[key];
  }, value);
}

function put(node, path, value, kind) {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const last = rest.length === 0;
  if (Array.isArray(node) && last && kind === 'add') {
    const index = key === '-' ? node.length : indexOf(key);
    if (index > node.length) throw new Error(`index ${key} is beyond the end`);
    return [...node.slice(0, index), value, ...node.slice(index)];
  }
  const mayBeNew = last && kind === 'add' && isObject(node);
  if (!mayBeNew && !has(node, key)) throw new Error(`nothing at ${key}`);
  return withMember(node, key, last ? value : put(node[key], rest, value, kind));
}

function remove(node, path) {
  if (path.length === 0) return null;
  const [key, ...rest] = path;
  if (!has(node, key)) throw new Error(`nothing at ${key}`);
  if (rest.length > 0) return withMember(node, key, remove(node[key], rest));
  if (Array.isArray(node)) return node.filter((_, index) => index !== Number(key));
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));
}

/** `fromEntries` defines members, so a key such as `__proto__` is only a key. */
function withMember(node, key, value) {
  if (Array.isArray(node)) return node.with ? node.with(Number(key), value) : node.map((v, i) => (i === Number(key) ? value : v));
  return Object.fromEntries([...Object.entries(node), [key, value]]);
}

function has(node, key) {
  if (Array.isArray(node)) return /^(0|[1-9]\d*)$/.test(key) && Number(key) < node.length;
  return isObject(node) && Object.hasOwn(node, key);
}

function indexOf(key) {
  if (!/^(0|[1-9]\d*)$/.test(key)) throw new Error(`bad index ${key}`);
  return Number(key);
}

function isObject(node) {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function same(a, b) {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((value, i) => same(value, b[i]));
  if (isObject(a)) {
    const keys = Object.keys(a);
    return isObject(b) && keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && same(a[k], b[k]));
  }
  return a === b;
}
