import { Backoff } from './backoff.js';
import { randomId } from './protocol.js';

const MAX_TRIES = 8;
const LONGEST_ID = 128;
const DEEPEST_JSON = 512;
const utf8 = new TextEncoder();

/** The error of a command that the edge rejected, or that was not sent because the edge would reject it. */
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
    super(`closed${code === undefined ? '' : ` with ${code}`}${reason ? `: ${reason}` : ''}`);
    this.name = 'ConnectionClosed';
    this.code = code;
  }
}

/**
 * The commands that are not answered yet. Each is sent again with the same id on every new connection, after a rejection that may be
 * retried, and when no answer comes, until the edge has accepted or rejected it; the edge runs an id once. A command is what it was when
 * it was given, each has one outcome, and they leave in the order in which they were given, `inFlight` at most unanswered: an edge refuses
 * more, and closes a connection that sends hundreds at once.
 */
export class Outbox {
  #clock;
  #random;
  #limits;
  #pending = new Map();
  #bytes = 0;
  #ready = [];
  #inFlight = new Set();
  #send = null;
  #maxFrameBytes = Infinity;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {() => number} random
   * @param {{commands: number, bytes: number, inFlight: number, answerMs: number}} limits how many may be unanswered, in all and on a connection
   */
  constructor(clock, random, limits) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
  }

  get size() {
    return this.#pending.size;
  }

  /**
   * Takes a command and resolves with its `accepted` frame, or rejects with `CommandRejected` or `ConnectionClosed`.
   *
   * @param {object} command `{command, id?, ...}`; a missing id is made
   */
  add(command) {
    const id = command.id ?? randomId();
    if (this.#pending.has(id)) return Promise.reject(new Error(`command id ${id} is already waiting for its answer`));
    const refuse = (code, message, retryable) => Promise.reject(new CommandRejected({ id, code, message, retryable }));
    if (typeof id !== 'string' || id.length === 0 || id.length > LONGEST_ID) {
      return refuse('invalid', `an id is a text of 1 to ${LONGEST_ID} characters`, false);
    }
    let text;
    try {
      text = JSON.stringify({ type: 'command', ...command, id });
    } catch (error) {
      return refuse('invalid', `the command is no JSON: ${error.message}`, false);
    }
    if (depthOf(text) > DEEPEST_JSON) return refuse('invalid', `nested deeper than ${DEEPEST_JSON}`, false);
    const bytes = utf8.encode(text).length;
    if (bytes > this.#maxFrameBytes) return Promise.reject(this.#tooLarge(id));
    if (this.#pending.size >= this.#limits.commands || this.#bytes + bytes > this.#limits.bytes) {
      return refuse('too_many_waiting', 'too many commands wait for their answer', true);
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { id, text, bytes, backoff: new Backoff({ random: this.#random }), timer: null, resolve, reject });
      this.#bytes += bytes;
      this.#ready.push(id);
      this.#dispatch();
    });
  }

  /** A connection is there: everything unanswered goes out, in the order in which it was taken. */
  attach(send, maxFrameBytes) {
    this.#send = send;
    this.#maxFrameBytes = maxFrameBytes;
    this.#ready = [...this.#pending.keys()];
    for (const entry of [...this.#pending.values()]) {
      if (entry.bytes > maxFrameBytes) this.#settle(entry.id).reject(this.#tooLarge(entry.id));
    }
    this.#dispatch();
  }

  detach() {
    this.#send = null;
    this.#ready = [];
    this.#inFlight.clear();
    for (const entry of this.#pending.values()) this.#stop(entry);
  }

  accepted(frame) {
    this.#settle(frame.id)?.resolve(frame);
    this.#dispatch();
  }

  rejected(frame) {
    const entry = this.#pending.get(frame.id);
    if (!entry) return;
    if (frame.retryable === true && entry.backoff.failures < MAX_TRIES) {
      this.#inFlight.delete(entry.id);
      this.#again(entry, entry.backoff.next());
    } else {
      this.#settle(frame.id).reject(new CommandRejected(frame));
    }
    this.#dispatch();
  }

  /** The client has ended: nothing will be answered any more. */
  abandon(error) {
    this.detach();
    const entries = [...this.#pending.values()];
    this.#pending.clear();
    this.#bytes = 0;
    for (const entry of entries) entry.reject(error);
  }

  #dispatch() {
    while (this.#send !== null && this.#ready.length > 0 && this.#inFlight.size < this.#limits.inFlight) {
      const entry = this.#pending.get(this.#ready.shift());
      if (entry === undefined || this.#inFlight.has(entry.id)) continue;
      this.#inFlight.add(entry.id);
      this.#send(entry.text);
      if (this.#send !== null) this.#again(entry, this.#limits.answerMs);
    }
  }

  #again(entry, ms) {
    this.#stop(entry);
    entry.timer = this.#clock.after(ms, () => {
      this.#inFlight.delete(entry.id);
      this.#ready.push(entry.id);
      this.#dispatch();
    });
  }

  #stop(entry) {
    this.#clock.cancel(entry.timer);
    entry.timer = null;
  }

  #settle(id) {
    const entry = this.#pending.get(id);
    if (!entry) return undefined;
    this.#pending.delete(id);
    this.#inFlight.delete(id);
    this.#bytes -= entry.bytes;
    this.#stop(entry);
    return entry;
  }

  #tooLarge(id) {
    const message = `larger than the edge's limit of ${this.#maxFrameBytes} bytes`;
    return new CommandRejected({ id, code: 'too_large', message, retryable: false });
  }
}

/** How deep JSON text is nested. */
function depthOf(text) {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '{' || char === '[')) deepest = Math.max(deepest, (depth += 1));
    else if (!quoted && (char === '}' || char === ']')) depth -= 1;
  }
  return deepest;
}
