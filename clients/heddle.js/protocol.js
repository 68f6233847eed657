/** heddle.v1 as data: the subprotocol, the address of the stream, and what each close code asks of a client. */

export const SUBPROTOCOL = 'heddle.v1';

/** How a client comes back after a close. */
export const Retry = Object.freeze({
  NO: 'no',
  AT_ONCE: 'at once',
  BACKOFF: 'backoff',
  AS_TOLD: 'as told',
  LATER: 'later',
  NEW_TOKEN: 'new token',
});

const RETRY_BY_CODE = new Map([
  [1002, Retry.NO],
  [1007, Retry.NO],
  [4001, Retry.AS_TOLD],
  [4400, Retry.NO],
  [4401, Retry.NEW_TOKEN],
  [4403, Retry.NO],
  [4408, Retry.BACKOFF],
  [4409, Retry.NO],
  [4410, Retry.AT_ONCE],
  [4413, Retry.NO],
  [4429, Retry.LATER],
  [4500, Retry.BACKOFF],
  [4503, Retry.LATER],
]);

const MEANINGS = new Map([
  [1000, 'closed by something between here and the edge'],
  [1002, 'broken WebSocket framing'],
  [1006, 'connection lost'],
  [1007, 'text that is not UTF-8'],
  [4001, 'the edge is draining'],
  [4400, 'bad frame or parameter'],
  [4401, 'token missing, invalid, expired or revoked'],
  [4403, 'origin or user not allowed'],
  [4408, 'heartbeat missed'],
  [4409, 'too many connections of this user'],
  [4410, 'the log changed'],
  [4413, 'frame too large'],
  [4429, 'too many frames or connects'],
  [4500, 'internal error of the edge'],
  [4503, 'the edge is not ready'],
]);

/**
 * What `code` asks for. A code that this table does not know is a lost connection: try again, with backoff. So is 1000, which an edge only
 * says in answer to a client's own close: a client that did not close has it from a proxy.
 */
export function retryAfter(code) {
  return RETRY_BY_CODE.get(code) ?? Retry.BACKOFF;
}

/** A few words for a person. */
export function meaningOf(code) {
  return MEANINGS.get(code) ?? `closed with code ${code}`;
}

/**
 * The address of the stream.
 *
 * @param {string} base http(s) or ws(s) address of an edge; without a path, `/v1/stream` is meant
 * @param {object} query name to value; undefined, null and what is empty are left out; arrays are joined with commas
 */
export function streamUrl(base, query) {
  const url = new URL(base);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/v1/stream';
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value.length === 0) continue;
    url.searchParams.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return url.toString();
}

/**
 * Names a filter: a cursor may only be used again with the filter that it was made under.
 *
 * @param {{thread?: string, types?: string[]}} filter
 */
export function filterKey({ thread, types }) {
  return JSON.stringify([thread ?? null, types == null ? null : [...types]]);
}

/** A random id, 128 bits: also where the page is not a secure context and `randomUUID` is missing. */
export function randomId() {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
