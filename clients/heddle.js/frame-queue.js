/**
 * The frames of one connection that move the cursor, applied one after another, each whole. An app that answers with a promise is waited for;
 * what comes meanwhile waits here, and its owner sees how much that is.
 */
export class FrameQueue {
  #apply;
  #failed;
  #waiting = [];
  #characters = 0;
  #busy = null;

  /**
   * @param {(frame: object) => void | Promise<void>} apply all of a frame, or throws
   * @param {(error: Error) => void} failed the frame is not applied, and nothing after it will be
   */
  constructor(apply, failed) {
    this.#apply = apply;
    this.#failed = failed;
  }

  /** Characters of JSON that wait. */
  get characters() {
    return this.#characters;
  }

  push(frame, characters) {
    this.#waiting.push({ frame, characters });
    this.#characters += characters;
    if (this.#busy === null) this.#run();
  }

  /** Forgets what waits: it comes again, after the cursor. */
  clear() {
    this.#waiting = [];
    this.#characters = 0;
  }

  /** Resolves when no frame is being applied. */
  async idle() {
    while (this.#busy !== null) await this.#busy;
  }

  #run() {
    while (this.#waiting.length > 0 && this.#busy === null) {
      const { frame, characters } = this.#waiting.shift();
      this.#characters -= characters;
      try {
        const applied = this.#apply(frame);
        if (isPromise(applied)) this.#await(applied);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #await(applied) {
    this.#busy = applied
      .catch((error) => this.#fail(error))
      .then(() => {
        this.#busy = null;
        this.#run();
      });
  }

  #fail(error) {
    this.clear();
    this.#failed(error);
  }
}

export function isPromise(value) {
  return typeof value?.then === 'function';
}
