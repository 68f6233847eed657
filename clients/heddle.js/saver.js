import { Backoff } from './backoff.js';

const AGAIN_MS = 1_000;

/** Saves to a store one record at a time, the newest one wins, at most one every `everyMs`; a record that could not be saved is tried again. */
export class Saver {
  #store;
  #clock;
  #limits;
  #changed;
  #backoff;
  #next = null;
  #running = null;
  #timer = null;
  #error = null;
  #resting = false;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./clock.js').Clock} clock
   * @param {{everyMs: number, storeMs: number, random: () => number}} limits
   * @param {(error: Error | null) => void} changed saving began to fail with this error, or works again
   */
  constructor(store, clock, limits, changed) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#changed = changed;
    this.#backoff = new Backoff({ baseMs: AGAIN_MS, random: limits.random });
  }

  /** Takes a record to be saved soon. */
  put(record) {
    this.#next = record;
    this.#resting = false;
    if (this.#running === null && this.#timer === null) this.#drain();
  }

  /** Resolves when what was put so far is saved, or has failed to be. */
  async flush() {
    this.#stopTimer();
    while (this.#running !== null) await this.#running;
    this.#stopTimer();
    if (this.#next === null) return;
    this.#drain();
    await this.#running;
  }

  /** As `flush`; after it nothing is tried again before the next `put`. */
  async rest() {
    this.#resting = true;
    await this.flush();
    if (this.#resting) this.#stopTimer();
  }

  #drain() {
    const record = this.#next;
    this.#next = null;
    this.#running = this.#clock
      .within(this.#limits.storeMs, 'save()', () => this.#store.save(record))
      .then(
        () => this.#saved(),
        (error) => this.#notSaved(record, error),
      )
      .then((waitMs) => {
        this.#running = null;
        this.#timer = this.#clock.after(waitMs, () => {
          this.#timer = null;
          if (this.#next !== null && this.#running === null) this.#drain();
        });
      });
  }

  #saved() {
    this.#backoff.succeeded();
    this.#tell(null);
    return this.#limits.everyMs;
  }

  #notSaved(record, error) {
    this.#next ??= record;
    this.#tell(error);
    return Math.max(this.#limits.everyMs, this.#backoff.nextAtLeast(AGAIN_MS));
  }

  /** A store that fails with every frame is told of once. */
  #tell(error) {
    if (this.#error?.message === error?.message) return;
    this.#error = error;
    this.#changed(error);
  }

  #stopTimer() {
    this.#clock.cancel(this.#timer);
    this.#timer = null;
  }
}
