/** However often a browser says that the network is back, it is tried once in this time. */
const HURRY_EVERY_MS = 2_000;

/** The wait before the next connection, which a device that is back may cut short. */
export class RetryTimer {
  #clock;
  #action;
  #timer = null;
  #mayHurry = false;
  #hurriedAt = -Infinity;

  /** @param {import('./clock.js').Clock} clock @param {() => void} action opens the next connection */
  constructor(clock, action) {
    this.#clock = clock;
    this.#action = action;
  }

  get isRunning() {
    return this.#timer !== null;
  }

  /** @param {number} ms @param {{hurry: boolean}} kind false where the edge has said when to come back */
  start(ms, { hurry }) {
    this.stop();
    this.#mayHurry = hurry;
    this.#timer = this.#clock.after(ms, () => this.#fire());
  }

  stop() {
    this.#clock.cancel(this.#timer);
    this.#timer = null;
  }

  /** The device may be back: tries now, or as soon as it may be tried again. */
  hurry() {
    if (this.#timer === null || !this.#mayHurry) return;
    const early = HURRY_EVERY_MS - (this.#clock.elapsed() - this.#hurriedAt);
    this.start(early, { hurry: false });
    this.#hurriedAt = this.#clock.elapsed() + Math.max(0, early);
  }

  #fire() {
    this.#timer = null;
    this.#action();
  }
}
