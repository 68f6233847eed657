import { payloadOf } from './tokens.js';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const DEFAULT_PARTITIONS = 64;

/**
 * The partition of a user's events: Kafka's murmur2 of the key's UTF-8 bytes, made positive, modulo the configured count. The same as
 * `event-schema/src/main/resources/partition-vectors.json` has it.
 *
 * @param {string} userKey
 * @param {number} partitions at least 1
 */
export function partitionOf(userKey, partitions) {
  if (!Number.isInteger(partitions) || partitions < 1) throw new RangeError(`partitions must be at least 1, not ${partitions}`);
  return (murmur2(new TextEncoder().encode(userKey)) & 0x7fffffff) % partitions;
}

function murmur2(bytes) {
  let hash = SEED ^ bytes.length;
  const whole = bytes.length & ~3;
  for (let index = 0; index < whole; index += 4) {
    let word = bytes[index] | (bytes[index + 1] << 8) | (bytes[index + 2] << 16) | (bytes[index + 3] << 24);
    word = Math.imul(word, M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = bytes.length - whole;
  if (rest >= 3) hash ^= bytes[whole + 2] << 16;
  if (rest >= 2) hash ^= bytes[whole + 1] << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole], M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/**
 * The partition hint for a first connection: asked from the edge, or else computed from the token's `sub`. A hint that is wrong costs an edge
 * some reading; a missing one is as good as that. Only a JWT is worth the request.
 *
 * @param {{url: string, token: string, partitions?: number, fetch?: typeof globalThis.fetch, signal?: AbortSignal}} question
 * @returns {Promise<number | undefined>}
 */
export async function partitionHint({ url, token, partitions, fetch = globalThis.fetch, signal }) {
  const subject = payloadOf(token)?.sub;
  if (typeof subject !== 'string') return undefined;
  if (partitions !== undefined) return partitionOf(subject, partitions);
  try {
    const response = await fetch(partitionUrl(url), { headers: { Authorization: `Bearer ${token}` }, signal });
    const { partition } = response.ok ? await response.json() : {};
    if (Number.isInteger(partition) && partition >= 0) return partition;
  } catch {
    // an edge of another origin that does not allow this one, or no network: the connection itself will tell
  }
  return partitionOf(subject, DEFAULT_PARTITIONS);
}

function partitionUrl(base) {
  const url = new URL(base);
  url.protocol = url.protocol.replace(/^ws/, 'http');
  url.pathname = url.pathname.endsWith('/v1/stream') ? url.pathname.replace(/\/v1\/stream$/, '/v1/partition') : '/v1/partition';
  url.search = '';
  return url.toString();
}
