const RECORDS = 'records';
const OPEN_MS = 4_000;

/** Errors by which a browser says that this page may not store anything (private windows, blocked storage). */
const FORBIDDEN = new Set(['SecurityError', 'NotAllowedError']);

/** Errors of a connection that has died under a transaction: the next one may do better. */
const DEAD = new Set(['InvalidStateError', 'UnknownError', 'AbortError', 'TransactionInactiveError']);

/**
 * Keeps the record in IndexedDB, under one key: one transaction writes state and cursor, there is no size limit to speak of, and
 * Maps survive. `sessionStorage` and `localStorage` are no place for it: they take about 5 MB of text and block the page.
 *
 * Two tabs with one key are safe: each writes a consistent pair, the last one wins, and what it lacks is replayed.
 *
 * A connection to the database that the browser closes, or that another tab wants closed, is opened again at the next call. Where the
 * page may not store anything the record lives as long as the page; `isPersistent` then says false.
 */
export class IndexedDbStore {
  #name;
  #key;
  #openMs;
  #database = null;
  #forbidden = false;
  #inMemory = null;

  /**
   * @param {string} name the database
   * @param {string} key the record, one for each user
   * @param {{openMs?: number}} [limits] how long opening may take: another tab may block it (4000)
   */
  constructor(name, key, { openMs = OPEN_MS } = {}) {
    this.#name = name;
    this.#key = key;
    this.#openMs = openMs;
  }

  /** False once the browser has refused to store anything for this page. */
  get isPersistent() {
    return !this.#forbidden;
  }

  async load() {
    const found = await this.#run('readonly', (records) => records.get(this.#key));
    return (this.#forbidden ? this.#inMemory : found) ?? null;
  }

  async save(record) {
    await this.#run('readwrite', (records) => records.put(record, this.#key));
    if (this.#forbidden) this.#inMemory = record;
  }

  async clear() {
    await this.#run('readwrite', (records) => records.delete(this.#key));
    this.#inMemory = null;
  }

  async #run(mode, action) {
    if (this.#forbidden) return undefined;
    try {
      return await this.#transact(mode, action);
    } catch (error) {
      if (FORBIDDEN.has(error?.name)) {
        this.#forbidden = true;
        return undefined;
      }
      if (!DEAD.has(error?.name)) throw error;
      this.#forget(this.#database);
      return this.#transact(mode, action);
    }
  }

  async #transact(mode, action) {
    this.#database ??= this.#open();
    const opened = this.#database;
    let database;
    try {
      database = await opened;
    } catch (error) {
      this.#forget(opened);
      throw error;
    }
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(RECORDS, mode);
      const request = action(transaction.objectStore(RECORDS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error ?? new DOMException('aborted', 'AbortError'));
    });
  }

  #open() {
    if (globalThis.indexedDB === undefined || globalThis.indexedDB === null) {
      return Promise.reject(new DOMException('there is no IndexedDB here', 'NotAllowedError'));
    }
    const opened = new Promise((resolve, reject) => {
      const request = globalThis.indexedDB.open(this.#name, 1);
      const timer = setTimeout(() => reject(new Error(`the database ${this.#name} did not open within ${this.#openMs} ms`)), this.#openMs);
      request.onupgradeneeded = () => request.result.createObjectStore(RECORDS);
      request.onerror = () => {
        clearTimeout(timer);
        reject(request.error);
      };
      request.onsuccess = () => {
        clearTimeout(timer);
        const database = request.result;
        database.onversionchange = () => {
          this.#forget(opened);
          database.close();
        };
        database.onclose = () => this.#forget(opened);
        if (this.#database === opened) resolve(database);
        else database.close();
      };
    });
    return opened;
  }

  /** The next call opens the database again, unless that has happened already. */
  #forget(opened) {
    if (this.#database === opened) this.#database = null;
  }
}
