import { hello, item } from './fakes.js';
import { Promises, check } from './promises.js';

const LEAST_BETWEEN_RENEWALS_MS = 4_000;

/** The edge and its log: a cursor is `generation:offset`. */
export class Edge {
  logs = [[]];
  starts = new Set(['0:0']);
  runs = new Map();
  ids = new Map();
  runIds = new Map();
  #random;
  #clock;
  #at = new Map();

  constructor(random, clock) {
    this.#random = random;
    this.#clock = clock;
  }

  get generation() {
    return this.logs.length - 1;
  }

  get log() {
    return this.logs.at(-1);
  }

  append() {
    const seq = this.log.length;
    this.log.push(item(seq, { type: 'CUSTOM' }, { eventId: `g${this.generation}e${seq}` }));
  }

  recreate() {
    this.logs.push([]);
    this.starts.add(`${this.generation}:0`);
  }

  isGreeted(socket) {
    return this.#at.has(socket);
  }

  greet(socket) {
    const end = this.log.length;
    const { cursor, from } = socket.param;
    const [generation, offset] = (cursor ?? `${this.generation}:${from === 'earliest' ? 0 : end}`).split(':').map(Number);
    const stands = generation === this.generation;
    const aged = stands && cursor !== undefined && offset < end && this.#random() < 0.03;
    const at = aged ? offset + 1 + Math.floor(this.#random() * (end - offset)) : stands ? offset : end;
    if (aged) this.starts.add(`${generation}:${at}`);
    this.#at.set(socket, { generation: this.generation, at, read: 0, mute: false });
    socket.serverSends(
      hello({
        cursor: `${this.generation}:${at}`,
        resume: cursor === undefined ? 'fresh' : stands && !aged ? 'resumed' : 'reset',
        reason: aged ? 'retention' : stands ? undefined : 'generation',
        tokenExpiresAt: new Date(socket.tokenEnd()).toISOString(),
        heartbeatSeconds: 10,
      }),
    );
  }

  /** The network swallows everything from now on, and tells nobody. */
  mute(socket) {
    this.#at.get(socket).mute = true;
  }

  /** Sends the next events, at most `most`, perhaps none. */
  deliver(socket, most) {
    const session = this.#at.get(socket);
    if (session.mute) return;
    if (session.generation !== this.generation) {
      socket.serverCloses(4410);
      return;
    }
    const to = Math.min(this.log.length, session.at + most);
    const events = this.log.slice(session.at, to);
    session.at = to;
    socket.serverSends({ type: 'events', cursor: `${this.generation}:${to}`, events });
    if (to === this.log.length) socket.serverSends({ type: 'caughtUp', cursor: `${this.generation}:${to}` });
  }

  /** Reads what the client has sent; an answer may get lost, and a command may be rejected for now. */
  answer(socket, { heard, retry }) {
    const session = this.#at.get(socket);
    if (session.mute) return;
    const fresh = socket.sent.slice(session.read);
    session.read = socket.sent.length;
    for (const frame of fresh) {
      if (socket.readyState === 3) return;
      if (frame.type === 'ping') socket.serverSends({ type: 'pong' });
      if (frame.type === 'token') this.#renew(socket);
      if (frame.type === 'command') this.#command(socket, frame, { heard: heard(), retry: retry() });
    }
  }

  #renew(socket) {
    const now = this.#clock.trueTime;
    const { tab } = socket;
    tab.note(() => check(now - (tab.renewedAt ?? -Infinity) >= LEAST_BETWEEN_RENEWALS_MS, Promises.RENEWALS, () => `${now - tab.renewedAt} ms`));
    tab.renewedAt = now;
    socket.serverSends({ type: 'token', expiresAt: new Date(socket.tokenEnd()).toISOString() });
  }

  #command(socket, { id, input }, { heard, retry }) {
    if (retry && !this.ids.has(id)) {
      if (heard) socket.serverSends({ type: 'rejected', id, code: 'unavailable', message: '', retryable: true });
      return;
    }
    if (!this.ids.has(id)) {
      this.ids.set(id, `run-${id}`);
      this.runIds.set(input.meant, `run-${id}`);
      this.runs.set(input.meant, (this.runs.get(input.meant) ?? 0) + 1);
      this.append();
    }
    if (heard) socket.serverSends({ type: 'accepted', id, runId: this.ids.get(id) });
  }
}
