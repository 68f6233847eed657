/** The longest delay that `setTimeout` takes: it counts in 32 bits, and a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;

const SYSTEM = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (action, ms) => setTimeout(action, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** Something that the app or the browser was asked for did not come in time. */
export class TimedOut extends Error {
  constructor(what, ms) {
    super(`${what} did not settle within ${ms} ms`);
    this.name = 'TimedOut';
  }
}

/**
 * Time as the client uses it. A device's wall clock may be wrong and may jump, so it serves only for what people see and for a first
 * guess at instants that a server told; everything else goes by elapsed time and by timers.
 */
export class Clock {
  #source;

  /** @param {{now(): number, monotonic?(): number, setTimeout: Function, clearTimeout: Function}} source by default the system's */
  constructor(source = SYSTEM) {
    this.#source = source;
  }

  /** Milliseconds since 1970, as this device has them. */
  wall() {
    return this.#source.now();
  }

  /** Milliseconds since some instant; where the source has a monotonic clock, the device's wall clock does not move it. */
  elapsed() {
    return this.#source.monotonic ? this.#source.monotonic() : this.#source.now();
  }

  /** Runs `action` once, `ms` from now, however long that is; what is no number of milliseconds counts as 0. Returns a timer for `cancel`. */
  after(ms, action) {
    const timer = { id: null };
    const step = (left) => {
      const part = Math.min(left, LONGEST_MS);
      timer.id = this.#source.setTimeout(() => (left > part ? step(left - part) : action()), part);
    };
    step(ms > 0 ? ms : 0);
    return timer;
  }

  /** @param {{id: unknown} | null} timer what `after` returned; null is no timer */
  cancel(timer) {
    if (timer !== null) this.#source.clearTimeout(timer.id);
  }

  /**
   * What `action` gives or resolves with, or `TimedOut` after `ms`; what it does later than that is ignored.
   *
   * @template T
   * @param {number} ms
   * @param {string} what named in the error
   * @param {() => T | Promise<T>} action
   * @returns {Promise<T>}
   */
  within(ms, what, action) {
    return new Promise((resolve, reject) => {
      const timer = this.after(ms, () => reject(new TimedOut(what, ms)));
      const settled = (settle) => (value) => {
        this.cancel(timer);
        settle(value);
      };
      try {
        Promise.resolve(action()).then(settled(resolve), settled(reject));
      } catch (error) {
        settled(reject)(error);
      }
    });
  }
}
