import { Backoff } from './backoff.js';
import { randomId } from './protocol.js';

const MAX_TRIES = 8;
const utf8 = new TextEncoder();

/** What the edge said no to. */
export class CommandRejected extends Error {
  constructor({ id, code, message, retryable }) {
    super(message || code);
    this.name = 'CommandRejected';
    this.id = id;
    this.code = code;
    this.retryable = retryable === true;
  }
}

/** The client ended before the command was answered; it may or may not have been appended. */
export class ConnectionClosed extends Error {
  constructor(code, reason) {
    super(`closed with ${code}${reason ? `: ${reason}` : ''}`);
    this.name = 'ConnectionClosed';
    this.code = code;
  }
}

/**
 * The commands that are not answered yet. Each is sent again with the same id on every new connection, and after a
 * rejection that may be retried, until the edge has accepted or rejected it; the edge runs an id once.
 */
export class Outbox {
  #clock;
  #random;
  #pending = new Map();
  #send = null;
  #maxFrameBytes = Infinity;

  constructor(clock, random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size() {
    return this.#pending.size;
  }

  /**
   * Takes a command and resolves with its `accepted` frame.
   *
   * @param {object} command `{command, id?, ...}`; a missing id is made
   */
  add(command) {
    const id = command.id ?? randomId();
    if (this.#pending.has(id)) return Promise.reject(new Error(`command id ${id} is already waiting for its answer`));
    return new Promise((resolve, reject) => {
      const entry = {
        frame: { type: 'command', ...command, id },
        backoff: new Backoff({ random: this.#random }),
        timer: null,
        resolve,
        reject,
      };
      this.#pending.set(id, entry);
      this.#dispatch(id, entry);
    });
  }

  /** A connection is there: everything unanswered goes out, in the order in which it was taken. */
  attach(send, maxFrameBytes) {
    this.#send = send;
    this.#maxFrameBytes = maxFrameBytes ?? Infinity;
    for (const [id, entry] of [...this.#pending]) this.#dispatch(id, entry);
  }

  detach() {
    this.#send = null;
    for (const entry of this.#pending.values()) this.#clock.clearTimeout(entry.timer);
  }

  accepted(frame) {
    this.#settle(frame.id)?.resolve(frame);
  }

  rejected(frame) {
    const entry = this.#pending.get(frame.id);
    if (!entry) return;
    if (frame.retryable === true && entry.backoff.failures < MAX_TRIES) {
      entry.timer = this.#clock.setTimeout(() => this.#dispatch(frame.id, entry), entry.backoff.next());
    } else {
      this.#settle(frame.id).reject(new CommandRejected(frame));
    }
  }

  /** The client has ended: nothing will be answered any more. */
  abandon(error) {
    this.detach();
    const entries = [...this.#pending.values()];
    this.#pending.clear();
    for (const entry of entries) entry.reject(error);
  }

  #dispatch(id, entry) {
    this.#clock.clearTimeout(entry.timer);
    if (this.#send === null) return;
    if (utf8.encode(JSON.stringify(entry.frame)).length > this.#maxFrameBytes) {
      const message = `larger than the edge's limit of ${this.#maxFrameBytes} bytes`;
      this.#settle(id).reject(new CommandRejected({ id, code: 'too_large', message, retryable: false }));
      return;
    }
    this.#send(entry.frame);
  }

  #settle(id) {
    const entry = this.#pending.get(id);
    if (!entry) return undefined;
    this.#pending.delete(id);
    this.#clock.clearTimeout(entry.timer);
    return entry;
  }
}
