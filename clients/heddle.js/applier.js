import { FrameQueue, isPromise } from './frame-queue.js';
import { withMillis } from './snapshot.js';

/** Resets after which the edge goes on from `latest`: the old cursor said nothing about this log. */
const NOT_THIS_LOG = new Set(['generation', 'foreign', 'malformed']);

/**
 * Applies what moves the cursor: `hello`, and the frames after it. A frame is applied whole and then its cursor is kept; if the app cannot apply it,
 * neither moves.
 */
export class Applier {
  #options;
  #clock;
  #progress;
  #owner;
  #frames;

  /**
   * @param {import('./options.js').Options} options
   * @param {import('./clock.js').Clock} clock
   * @param {import('./progress.js').Progress} progress
   * @param {{tell: Function, failed(error: Error): void, beginAgain(): void, caughtUp(): void}} owner
   */
  constructor(options, clock, progress, owner) {
    this.#options = options;
    this.#clock = clock;
    this.#progress = progress;
    this.#owner = owner;
    this.#frames = new FrameQueue((frame) => this.#apply(frame), owner.failed);
  }

  /** Characters of frames that wait for the app. */
  get waiting() {
    return this.#frames.characters;
  }

  push(frame, characters) {
    this.#frames.push(frame, characters);
  }

  /** Forgets the frames that are not begun. */
  clear() {
    this.#frames.clear();
  }

  /** Resolves when no frame is being applied. */
  idle() {
    return this.#frames.idle();
  }

  /**
   * Takes a `hello`. Throws what `onReset` throws; then nothing has changed. True if the client has to begin again without a cursor: that is what
   * is kept then, so that a page which is closed now begins there, too.
   */
  greet(hello) {
    const reset = hello.resume === 'reset';
    const again = reset && this.#progress.cursor !== null && this.#wantsMoreThan(hello.reason);
    this.#progress.keep(reset ? this.#afterReset(hello) : this.#progress.state, again ? null : hello.cursor);
    return again;
  }

  #afterReset({ reason, lost }) {
    const { onReset } = this.#options;
    const state = onReset ? onReset({ reason, lost, state: this.#progress.state }) : this.#progress.initial();
    if (isPromise(state)) throw new TypeError('onReset gave a promise: it has to give the state itself');
    return state;
  }

  /** True if the edge goes on from `latest` where this client, having no cursor, would have begun earlier. */
  #wantsMoreThan(reason) {
    return NOT_THIS_LOG.has(reason) && (this.#options.from ?? 'latest') !== 'latest';
  }

  #apply(frame) {
    switch (frame.type) {
      case 'caughtUp':
        this.#progress.keep(this.#progress.state, frame.cursor);
        this.#owner.caughtUp();
        return undefined;
      case 'snapshot':
        return this.#applySnapshot(withMillis(frame));
      default:
        return this.#applyEvents(frame);
    }
  }

  #applySnapshot(snapshot) {
    const { view } = this.#options;
    const next = this.#progress.next((state) => (view.snapshot ? view.snapshot(state, snapshot) : state));
    if (next === undefined) return this.#owner.beginAgain();
    this.#progress.keep(next.state, snapshot.cursor);
    return this.#owner.tell('onSnapshot', snapshot);
  }

  #applyEvents({ events, cursor }) {
    const next = this.#progress.next((state) => this.#options.view.events(state, events));
    if (next === undefined) return this.#owner.beginAgain();
    const keep = () => this.#progress.keep(next.state, cursor);
    const told = this.#tellEach(events);
    return told === undefined ? keep() : told.then(keep);
  }

  /** Gives each item to the app, one after another; a promise if the app gave one. */
  #tellEach(items) {
    const { onEvent, eventMs } = this.#options;
    if (!onEvent) return undefined;
    for (let index = 0; index < items.length; index += 1) {
      const answer = onEvent(items[index]);
      if (!isPromise(answer)) continue;
      return (async () => {
        await this.#clock.within(eventMs, 'onEvent()', () => answer);
        for (const item of items.slice(index + 1)) await this.#clock.within(eventMs, 'onEvent()', () => onEvent(item));
      })();
    }
    return undefined;
  }
}
