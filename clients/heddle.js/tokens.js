import { millisOf } from './snapshot.js';

/** Two tokens fetched one after the other whose `iat` lie as far apart as the fetches: each was made when it was asked for. */
const FRESH_WITHIN_MS = 5_000;

/** What a token is taken to live that the edge took, though by this device's clock it has ended, and that says nothing else. */
const UNKNOWN_LIFE_MS = 60_000;

const CLAIM_TOLERANCE_MS = 1_000;

/**
 * The app's tokens: asked for with a deadline, and how long the newest one still lives.
 *
 * A device's clock may be hours off. So the edge's word counts with what the token itself says: `exp - iat` is its whole life, by the
 * clock of its issuer alone, and what has passed of that is measured by elapsed time. The device's clock is asked only where it can be right:
 * it may say that a token has aged before it was handed out, but not that one has ended which the edge has just taken.
 */
export class Tokens {
  #clock;
  #fetch;
  #limitMs;
  #newest = null;
  #askedAt = -Infinity;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {(asked: {refused: boolean}) => Promise<string> | string} fetch the app's
   * @param {number} limitMs how long the app may take
   */
  constructor(clock, fetch, limitMs) {
    this.#clock = clock;
    this.#fetch = fetch;
    this.#limitMs = limitMs;
  }

  /** Elapsed time at which the app was last asked; long ago if it never was. */
  get askedAt() {
    return this.#askedAt;
  }

  /** A token from the app, or an error: its own, `TimedOut`, or a TypeError for what is no token. */
  async next({ refused }) {
    this.#askedAt = this.#clock.elapsed();
    const text = await this.#clock.within(this.#limitMs, 'token()', () => this.#fetch({ refused }));
    if (typeof text !== 'string' || text === '') throw new TypeError('token() gave no text');
    const at = this.#clock.elapsed();
    const claims = claimsOf(text);
    const before = this.#newest;
    const apart = claims && before?.claims ? claims.iatMs - before.claims.iatMs - (at - before.at) : Infinity;
    const again = before?.text === text;
    this.#newest = {
      text,
      claims,
      at: again ? before.at : at,
      fresh: again ? before.fresh : Math.abs(apart) <= FRESH_WITHIN_MS,
    };
    return text;
  }

  /**
   * Milliseconds that the newest token lives from now, as well as can be told; undefined if the edge has named no end.
   *
   * @param {unknown} expiresAt the edge's `tokenExpiresAt` or `expiresAt`
   */
  leftMs(expiresAt) {
    const end = typeof expiresAt === 'string' ? millisOf(expiresAt) : null;
    if (end === null) return undefined;
    const byClock = end - this.#clock.wall();
    const { claims = null, at, fresh } = this.#newest ?? {};
    if (claims === null || Math.abs(claims.expMs - end) > CLAIM_TOLERANCE_MS) return byClock > 0 ? byClock : UNKNOWN_LIFE_MS;
    const lifeMs = claims.expMs - claims.iatMs;
    const clockMayBeRight = byClock > 0 && byClock <= lifeMs;
    return clockMayBeRight && !fresh ? byClock : Math.max(0, lifeMs - (this.#clock.elapsed() - at));
  }
}

/**
 * What a JWT says of itself, unverified: only ever for timing and for the partition hint.
 *
 * @param {string} token
 * @returns {{iatMs: number, expMs: number} | null} null for what is no JWT with a life
 */
export function claimsOf(token) {
  const claims = payloadOf(token);
  if (!Number.isFinite(claims?.iat) || !Number.isFinite(claims?.exp) || claims.exp <= claims.iat) return null;
  return { iatMs: claims.iat * 1000, expMs: claims.exp * 1000 };
}

/** The payload of a JWT as an object, or null. */
export function payloadOf(token) {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const bytes = Uint8Array.from(atob(parts[1].replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    const payload = JSON.parse(new TextDecoder().decode(bytes));
    return typeof payload === 'object' ? payload : null;
  } catch {
    return null;
  }
}
