/**
 * Where a client keeps its one record `{cursor, state, filter, partition}`. A store saves the record as a whole or not at
 * all: a state with another state's cursor would lose events or apply them twice.
 *
 * A store is anything with `load(): Promise<record | null>`, `save(record): Promise<void>`, `clear(): Promise<void>`.
 */

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

/**
 * Keeps the record in IndexedDB, under one key: one transaction writes state and cursor, there is no size limit to speak of, and
 * Maps survive. `sessionStorage` and `localStorage` are no place for it: they take about 5 MB of text and block the page.
 *
 * Two tabs with one key are safe: each writes a consistent pair, the last one wins, and what it lacks is replayed.
 */
export class IndexedDbStore {
  #name;
  #key;
  #database = null;

  /** @param {string} name the database; @param {string} key the record, one for each user */
  constructor(name, key) {
    this.#name = name;
    this.#key = key;
  }

  async load() {
    return (await this.#run('readonly', (records) => records.get(this.#key))) ?? null;
  }

  async save(record) {
    await this.#run('readwrite', (records) => records.put(record, this.#key));
  }

  async clear() {
    await this.#run('readwrite', (records) => records.delete(this.#key));
  }

  async #run(mode, action) {
    this.#database ??= this.#open();
    const database = await this.#database;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction('records', mode);
      const request = action(transaction.objectStore('records'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }

  #open() {
    return new Promise((resolve, reject) => {
      const request = globalThis.indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('records');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

/** Saves to a store one record at a time, the newest one wins, at most one every `everyMs`. */
export class Saver {
  #store;
  #clock;
  #everyMs;
  #failed;
  #next = null;
  #running = null;
  #timer = null;

  constructor(store, clock, everyMs, failed) {
    this.#store = store;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#failed = failed;
  }

  /** Takes a record to be saved soon. */
  put(record) {
    this.#next = record;
    if (this.#running === null && this.#timer === null) this.#drain();
  }

  /** Resolves when everything put so far is saved, or has failed to be. */
  async flush() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#next !== null || this.#running !== null) {
      if (this.#running === null) this.#drain();
      await this.#running;
      this.#clock.clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  #drain() {
    const record = this.#next;
    this.#next = null;
    this.#running = Promise.resolve(record)
      .then((whole) => this.#store.save(whole))
      .catch(this.#failed)
      .then(() => {
        this.#running = null;
        this.#timer = this.#clock.setTimeout(() => {
          this.#timer = null;
          if (this.#next !== null && this.#running === null) this.#drain();
        }, this.#everyMs);
      });
  }
}
