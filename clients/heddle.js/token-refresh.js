const DAY_MS = 86_400_000;
const LEAD_MS = 60_000;

/**
 * Sends a fresh token on the open connection before the old one ends: a minute before, or at four fifths of a short
 * life, and up to a tenth of the remaining life earlier so that clients that came together do not all ask together.
 */
export class TokenRefresh {
  #clock;
  #random;
  #refresh;
  #timer = null;

  /** @param {() => void} refresh fetches and sends a new token */
  constructor(clock, random, refresh) {
    this.#clock = clock;
    this.#random = random;
    this.#refresh = refresh;
  }

  /** @param {string | undefined} expiresAt ISO-8601; without one nothing is done */
  arm(expiresAt) {
    this.disarm();
    const end = Date.parse(expiresAt ?? '');
    if (Number.isNaN(end)) return;
    const left = Math.max(0, end - this.#clock.now());
    this.#schedule(this.#clock.now() + Math.max(left - LEAD_MS, left * 0.8) - left * 0.1 * this.#random());
  }

  disarm() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Timers count in 32 bits: a far instant is approached by the day. */
  #schedule(at) {
    const wait = Math.max(0, at - this.#clock.now());
    const action = wait > DAY_MS ? () => this.#schedule(at) : this.#refresh;
    this.#timer = this.#clock.setTimeout(action, Math.min(wait, DAY_MS));
  }
}
