import { isCursor } from './frames.js';
import { isPromise } from './frame-queue.js';
import { Saver } from './saver.js';
import { MemoryStore } from './store.js';

/** Stored state was not used; `reason` is `filter`, `version`, `shape` (the view could not go on with it) or `unusable` (no record of this client). */
export class StoredStateDiscarded extends Error {
  constructor(reason, cause) {
    super(`the stored state was not used (${reason}): the client begins anew`, { cause });
    this.name = 'StoredStateDiscarded';
    this.reason = reason;
  }
}

/**
 * State and cursor, which change together and are stored together. Nothing else in the client holds either.
 *
 * The stored progress counts only for the filter and the view's version that it was made with. A stored value that cannot be read is never taken for
 * nothing: nothing is saved before `load` has succeeded.
 */
export class Progress {
  #view;
  #store;
  #clock;
  #limits;
  #filter;
  #events;
  #saver;
  #loaded = false;
  #untried = false;
  #state;
  #cursor = null;
  #partition;

  /**
   * @param {{view: object, store: import('./store.js').Store, filter: string, partition?: number}} what
   * @param {import('./clock.js').Clock} clock
   * @param {{everyMs: number, storeMs: number, random: () => number}} limits
   * @param {{changed(): void, discarded(error: StoredStateDiscarded): void, saving(error: Error | null): void}} events
   */
  constructor({ view, store, filter, partition }, clock, limits, events) {
    this.#view = view;
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#filter = filter;
    this.#partition = partition;
    this.#events = events;
    this.#state = view.initial();
    this.#saver = new Saver(store, clock, limits, events.saving);
  }

  get state() {
    return this.#state;
  }

  get cursor() {
    return this.#cursor;
  }

  get partition() {
    return this.#partition;
  }

  /** Takes what is stored, once; a store that fails or does not answer in time is an error, and may be asked again. */
  async load() {
    if (this.#loaded) return;
    const record = await this.#clock.within(this.#limits.storeMs, 'load()', () => this.#store.load());
    if (this.#loaded) return;
    this.#loaded = true;
    if (record === null || record === undefined) return;
    this.#adopt(record);
  }

  /** Goes on from nothing and saves nothing: what is stored stays as it is. */
  goWithoutStore() {
    this.#loaded = true;
    this.#saver = new Saver(new MemoryStore(), this.#clock, this.#limits, () => {});
  }

  #adopt(record) {
    this.#partition ??= Number.isInteger(record.partition) ? record.partition : undefined;
    const wellFormed = typeof record === 'object' && 'state' in record && (record.cursor === null || isCursor(record.cursor));
    if (!wellFormed) return this.#discarded('unusable');
    if (record.filter !== this.#filter) return this.#discarded('filter');
    let { state } = record;
    if (record.version !== this.#view.version) {
      try {
        state = this.#view.migrate?.(state, record.version);
      } catch (error) {
        return this.#discarded('version', error);
      }
      if (state === undefined || this.#view.migrate === undefined) return this.#discarded('version');
    }
    this.#state = state;
    this.#cursor = record.cursor;
    this.#untried = true;
    return this.#events.changed();
  }

  /**
   * The state after a frame; throws what the view throws. A stored state that the view cannot go on with, though it could with its initial
   * one, is given up first: then this returns undefined, and the client begins anew.
   *
   * @param {(state: unknown) => unknown} step
   */
  next(step) {
    try {
      return { state: given(step(this.#state)) };
    } catch (error) {
      if (!this.#untried || !this.#canBegin(step)) throw error;
      this.#state = this.#view.initial();
      this.#cursor = null;
      this.#untried = false;
      this.#save();
      this.#discarded('shape', error);
      return undefined;
    }
  }

  #canBegin(step) {
    try {
      step(this.#view.initial());
      return true;
    } catch {
      return false;
    }
  }

  /** State and cursor, from now on; a null cursor is one that begins again. */
  keep(state, cursor) {
    if (state !== this.#state) this.#untried = false;
    this.#state = state;
    this.#cursor = cursor;
    this.#save();
    this.#events.changed();
  }

  /** The initial state, for a reset. */
  initial() {
    return this.#view.initial();
  }

  /** The hint for load balancers, as an edge or the app knows it. */
  learn(partition) {
    if (Number.isInteger(partition) && partition >= 0) this.#partition = partition;
  }

  /** Resolves when what there is now is saved, or has failed to be. */
  flush() {
    return this.#saver.flush();
  }

  rest() {
    return this.#saver.rest();
  }

  #save() {
    this.#saver.put({
      cursor: this.#cursor,
      state: this.#state,
      filter: this.#filter,
      partition: this.#partition,
      version: this.#view.version,
    });
  }

  #discarded(reason, cause) {
    this.#events.discarded(new StoredStateDiscarded(reason, cause));
  }
}

function given(state) {
  if (isPromise(state)) throw new TypeError('the view gave a promise: it has to give the next state itself');
  return state;
}
