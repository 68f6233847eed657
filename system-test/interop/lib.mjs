/** What the programs here share: options, verdicts, tokens, and a WebSocket peer that is not Heddle's own client. */
import { parseArgs } from 'node:util';
import WebSocket from 'ws';

const PATIENCE_MS = 30_000;

/** No program takes longer, whatever it waits for. */
const LIFE_MS = 240_000;

/** A violation: the program ends with its message and exit code 1. */
export class Violation extends Error {}

/**
 * Runs a program: reads `--url` and its own options, prints what `main` returns, and turns anything thrown into exit code 1.
 *
 * @param {object} options names to default values; every value is a string
 */
export async function program(options, main) {
  const known = Object.fromEntries(
    Object.entries({ url: undefined, ...options }).map(([name, value]) => [name, { type: 'string', default: value }]),
  );
  const name = process.argv[1].split('/').at(-1);
  try {
    const { values } = parseArgs({ options: known });
    if (!values.url) throw new Violation('--url is required');
    setTimeout(() => {
      console.error(`${name}: not done after ${LIFE_MS} ms`);
      process.exit(1);
    }, LIFE_MS).unref();
    console.log(`${name}: ${await main({ ...values, url: values.url.replace(/\/$/, '') })}`);
    process.exit(0);
  } catch (error) {
    console.error(`${name}: ${error instanceof Violation ? error.message : error.stack}`);
    process.exit(1);
  }
}

export function check(condition, message) {
  if (!condition) throw new Violation(typeof message === 'function' ? message() : message);
}

export function same(actual, expected, what) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(is === should, `${what}: expected ${should}, got ${is}`);
}

/** A user that no other program uses. */
export function someone(prefix) {
  return `${prefix}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

export async function tokenFor(url, user) {
  const response = await fetch(`${url}/dev/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user }),
  });
  check(response.ok, `POST /dev/tokens: HTTP ${response.status}`);
  return (await response.json()).token;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function streamAddress(url, query = {}) {
  const address = new URL(`${url.replace(/^http/, 'ws')}/v1/stream`);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.toString();
}

/** One connection through the `ws` package: collects frames in order, knows its cursor, and waits for conditions. */
export class Peer {
  frames = [];
  items = [];
  cursor = null;
  closed = null;
  httpStatus = null;
  #socket;
  #waiting = new Set();

  /**
   * @param {string} url the stack's http address
   * @param {{token?: string, query?: object, headers?: object, protocols?: string[]}} how the token goes into a header
   */
  constructor(url, { token, query, headers = {}, protocols = ['heddle.v1'] } = {}) {
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    this.#socket = new WebSocket(streamAddress(url, query), protocols, {
      headers: { ...authorization, ...headers },
      perMessageDeflate: false,
    });
    this.#socket.on('message', (data, isBinary) => this.#received(data, isBinary));
    this.#socket.on('close', (code, reason) => this.#ended(code, reason.toString()));
    this.#socket.on('unexpected-response', (request, response) => {
      this.httpStatus = response.statusCode;
      request.destroy();
      this.#ended(0, `HTTP ${response.statusCode}`);
    });
    this.#socket.on('error', () => {});
  }

  /** Opens a connection and waits for its first frame, which has to be hello. */
  static async open(url, how) {
    const peer = new Peer(url, how);
    await peer.until(() => peer.frames.length > 0 || peer.closed, 'the first frame');
    check(peer.frames.length > 0, () => `closed with ${peer.closed.code} ${peer.closed.reason} before hello`);
    same(peer.frames[0].type, 'hello', 'the first frame');
    return peer;
  }

  get hello() {
    return this.frames[0];
  }

  send(frame) {
    this.#socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  start(command) {
    this.send({ type: 'command', command: 'run.start', ...command });
  }

  /** Destroys the TCP connection, as a network that goes away does; nothing is heard after it. */
  kill() {
    this.#socket.removeAllListeners('message');
    this.#socket.terminate();
  }

  close() {
    this.#socket.close(1000);
  }

  /** Waits until `condition` gives something true, looking again at every frame. */
  until(condition, what, patienceMs = PATIENCE_MS) {
    const found = condition();
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const watch = () => {
        const value = condition();
        if (!value) return;
        clearTimeout(timer);
        this.#waiting.delete(watch);
        resolve(value);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(watch);
        const last = JSON.stringify(this.frames.at(-1))?.slice(0, 300);
        reject(new Violation(`${what} did not come in ${patienceMs} ms; ${this.frames.length} frames, the last: ${last}; closed: ${JSON.stringify(this.closed)}`));
      }, patienceMs);
      this.#waiting.add(watch);
    });
  }

  untilFrame(type, what = `a ${type} frame`) {
    return this.until(() => this.frames.find((frame) => frame.type === type), what);
  }

  untilEvent(type, what = type) {
    return this.until(() => this.items.find((item) => item.event.type === type), what);
  }

  /** Waits for the close and gives its code. */
  async closeCode(what = 'the close') {
    await this.until(() => this.closed, what);
    return this.closed.code;
  }

  /** A round trip: everything that the edge had sent before has arrived. */
  async roundTrip() {
    const before = this.frames.filter((frame) => frame.type === 'pong').length;
    this.send({ type: 'ping' });
    await this.until(() => this.frames.filter((frame) => frame.type === 'pong').length > before, 'pong');
  }

  #received(data, isBinary) {
    check(!isBinary, 'a binary frame from the server');
    const frame = JSON.parse(data.toString());
    this.frames.push(frame);
    if (frame.type === 'events') this.items.push(...frame.events);
    if (frame.cursor !== undefined) this.cursor = frame.cursor;
    this.#wake();
  }

  #ended(code, reason) {
    this.closed ??= { code, reason };
    this.#wake();
  }

  #wake() {
    for (const watch of [...this.#waiting]) watch();
  }
}

/** A user message as input of a run. */
export function inputOf(text, forwardedProps) {
  const input = { messages: [{ id: 'user-message', role: 'user', content: text }] };
  return forwardedProps === undefined ? input : { ...input, forwardedProps };
}

/** Checks that items are one whole run: from RUN_STARTED to RUN_FINISHED, runSeq 0, 1, 2, … without gap or repetition. */
export function checkWholeRun(items, runId, what) {
  same(items.map((item) => item.runSeq), items.map((_, index) => index), `${what}: runSeq`);
  same([...new Set(items.map((item) => item.runId))], [runId], `${what}: runId`);
  same(items[0].event.type, 'RUN_STARTED', `${what}: the first event`);
  same(items.at(-1).event.type, 'RUN_FINISHED', `${what}: the last event`);
  same(new Set(items.map((item) => item.eventId)).size, items.length, `${what}: distinct event ids`);
}

export function textOf(items) {
  return items
    .filter((item) => item.event.type === 'TEXT_MESSAGE_CONTENT')
    .map((item) => item.event.delta)
    .join('');
}
