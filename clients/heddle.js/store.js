/**
 * Where a client keeps its one record `{cursor, state, filter, partition, version}`. A store saves the record as a whole or not at
 * all: a state with another state's cursor would lose events or apply them twice.
 *
 * A store is anything with `load(): Promise<record | null>` and `save(record): Promise<void>`. The client gives each call a deadline, calls one
 * at a time, and tries again what has failed; until `load` has answered once it neither connects nor saves.
 *
 * @typedef {{cursor: string | null, state: unknown, filter: string, partition?: number, version: unknown}} Record
 * @typedef {{load(): Promise<Record | null>, save(record: Record): Promise<void>, isPersistent?: boolean}} Store `isPersistent` is false if what it
 *     keeps will not outlive the page: the status tells that
 */
export { IndexedDbStore } from './indexed-db-store.js';

/** Keeps the record as long as the page or process lives. */
export class MemoryStore {
  #record = null;

  async load() {
    return this.#record;
  }

  async save(record) {
    this.#record = record;
  }

  async clear() {
    this.#record = null;
  }
}
