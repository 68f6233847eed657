const LEAD_MS = 60_000;

/** Never less than this between two tokens of one client, whatever clocks and servers say. */
const LEAST_MS = 5_000;

const LONGEST_RETRY_MS = 60_000;

/**
 * Sends a fresh token on the open connection before the old one ends: a minute before, or at four fifths of a short
 * life, and up to a tenth of the remaining life earlier so that clients that came together do not all ask together.
 * If the app has none it is asked again, less and less often, as long as the connection lives.
 */
export class TokenRenewal {
  #clock;
  #random;
  #tokens;
  #send;
  #failed;
  #timer = null;
  #failures = 0;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {() => number} random
   * @param {import('./tokens.js').Tokens} tokens
   * @param {{send: (token: string) => void, failed: (error: Error) => void}} owner
   */
  constructor(clock, random, tokens, { send, failed }) {
    this.#clock = clock;
    this.#random = random;
    this.#tokens = tokens;
    this.#send = send;
    this.#failed = failed;
  }

  /** @param {unknown} expiresAt ISO-8601, from the edge; without one, or if it is none, nothing is done */
  arm(expiresAt) {
    this.disarm();
    const left = this.#tokens.leftMs(expiresAt);
    if (left === undefined) return;
    this.#failures = 0;
    this.#schedule(Math.max(left - LEAD_MS, left * 0.8) - left * 0.1 * this.#random());
  }

  disarm() {
    this.#clock.cancel(this.#timer);
    this.#timer = null;
  }

  #schedule(ms) {
    const least = this.#tokens.askedAt + LEAST_MS - this.#clock.elapsed();
    this.#timer = this.#clock.after(Math.max(ms, Math.min(least, LEAST_MS)), () => this.#renew(this.#timer));
  }

  async #renew(timer) {
    try {
      const token = await this.#tokens.next({ refused: false });
      if (this.#timer === timer) this.#send(token);
    } catch (error) {
      if (this.#timer !== timer) return;
      this.#failed(error);
      if (this.#timer !== timer) return;
      this.#failures += 1;
      this.#schedule(Math.min(LEAST_MS * 2 ** Math.min(this.#failures - 1, 10), LONGEST_RETRY_MS));
    }
  }
}
