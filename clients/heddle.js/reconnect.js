import { Backoff } from './backoff.js';
import { Ended } from './connection.js';
import { numberWithin } from './frames.js';
import { Retry, meaningOf, retryAfter } from './protocol.js';

const LATER_MS = 1_000;
const LONGEST_TOLD_MS = 600_000;

/** The same token refused so often in a row, over some ten seconds: the app has no other one. */
const MAX_REFUSALS_OF_ONE_TOKEN = 5;

/**
 * Decides whether and when the client comes back. Delays grow with every connection that did not last: one that was merely greeted,
 * or caught up and was closed again, is a failure as any other.
 */
export class Reconnect {
  #backoff;
  #refusals = 0;
  #refusedToken = null;
  #sameRefusals = 0;

  /** @param {{baseMs?: number, capMs?: number, random?: () => number}} backoff */
  constructor(backoff) {
    this.#backoff = new Backoff(backoff);
  }

  /** Connections in a row that did not last. */
  get failures() {
    return this.#backoff.failures;
  }

  /** True if the edge has refused the last token that it was given. */
  get refused() {
    return this.#refusals > 0;
  }

  /** A connection has lasted: what went wrong before it is over. */
  lasted() {
    this.#backoff.succeeded();
    this.#forgetRefusals();
  }

  /** The app asks anew: it may have another token now. */
  asked() {
    this.#forgetRefusals();
  }

  /** The delay after something on this side has failed: no token, no stored state, no socket. */
  delay() {
    return this.#backoff.next();
  }

  /**
   * Decides the next step after a connection has ended.
   *
   * @param {{ended: string, code: number, reason: string, retryAfterMs?: unknown, token: string}} end how it ended, and the token that it had
   * @returns {{final: boolean, waitMs: number, hurry: boolean, reason: string, code?: number}} `hurry`: it may be tried sooner, if the
   *     device has a network again; false where the edge itself has said when
   */
  after({ ended, code, reason, retryAfterMs, token }) {
    if (ended === Ended.BY_APP) return { final: false, waitMs: 0, hurry: true, reason: ended };
    if (ended !== Ended.BY_SERVER) return { final: false, waitMs: this.#backoff.next(), hurry: true, reason: ended };
    const next = { final: false, waitMs: 0, hurry: false, reason: reason || meaningOf(code), code };
    const toldMs = numberWithin(retryAfterMs, 0, LONGEST_TOLD_MS, undefined);
    switch (retryAfter(code)) {
      case Retry.NO:
        return { ...next, final: true };
      case Retry.NEW_TOKEN:
        return { ...next, ...this.#refusedWith(token) };
      case Retry.AT_ONCE:
        return { ...next, waitMs: this.#notAgainAfter(0) };
      case Retry.LATER:
        return { ...next, waitMs: this.#backoff.nextAtLeast(Math.max(LATER_MS, toldMs ?? 0)) };
      default:
        return {
          ...next,
          waitMs: toldMs === undefined ? this.#backoff.next() : this.#notAgainAfter(toldMs),
          hurry: retryAfter(code) === Retry.BACKOFF && toldMs === undefined,
        };
    }
  }

  /** Exactly `ms` the first time; the backoff on top when it comes to that again before a connection has lasted. */
  #notAgainAfter(ms) {
    const first = this.#backoff.failures === 0;
    const more = this.#backoff.next();
    return first ? ms : ms + more;
  }

  #refusedWith(token) {
    this.#refusals += 1;
    this.#sameRefusals = token === this.#refusedToken ? this.#sameRefusals + 1 : 1;
    this.#refusedToken = token;
    return {
      final: this.#sameRefusals >= MAX_REFUSALS_OF_ONE_TOKEN,
      waitMs: this.#refusals === 1 ? 0 : this.#backoff.nextAtLeast(LATER_MS * 2 ** Math.min(this.#refusals - 2, 4)),
    };
  }

  #forgetRefusals() {
    this.#refusals = 0;
    this.#refusedToken = null;
    this.#sameRefusals = 0;
  }
}
