/** Exponential backoff with full jitter: the n-th delay is uniform in [0, min(cap, base * 2^n)). Milliseconds. */
export class Backoff {
  #base;
  #cap;
  #random;
  #failures = 0;

  constructor({ baseMs = 500, capMs = 30_000, random = Math.random } = {}) {
    this.#base = baseMs;
    this.#cap = capMs;
    this.#random = random;
  }

  /** Failures since the last success. */
  get failures() {
    return this.#failures;
  }

  /** The delay before the next try; counts one failure more. */
  next() {
    const ceiling = Math.min(this.#cap, this.#base * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.floor(this.#random() * ceiling);
  }

  /** The same, never less than `floorMs`: for a server that has said "later". The jitter comes on top of the floor. */
  nextAtLeast(floorMs) {
    return floorMs + this.next();
  }

  succeeded() {
    this.#failures = 0;
  }
}
