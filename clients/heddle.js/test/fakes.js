import { HeddleClient } from '../heddle.js';

/** Time that only moves when a test says so, and a wall clock that may be wrong. */
export class FakeClock {
  #now = 1_000_000;
  #wrong = 0;
  #timers = new Map();
  #ids = 0;

  now = () => this.#now + this.#wrong;

  monotonic = () => this.#now;

  /** The true time, as a server has it. */
  get trueTime() {
    return this.#now;
  }

  /** The device's wall clock is put forward, or back. */
  setWrong(ms) {
    this.#wrong = ms;
  }

  /** As a browser's: what does not fit into 32 bits fires at once. */
  setTimeout = (action, wanted) => {
    const ms = wanted > 2_147_483_647 || !(wanted > 0) ? 0 : wanted;
    this.#ids += 1;
    this.#timers.set(this.#ids, { at: this.#now + ms, action });
    return this.#ids;
  };

  clearTimeout = (id) => this.#timers.delete(id);

  /** Milliseconds until the next timer, or Infinity. */
  untilNext() {
    return Math.min(...[...this.#timers.values()].map((timer) => timer.at - this.#now));
  }

  /** Lets time pass, running timers in their order and the promises that they resolve. */
  async advance(ms) {
    await settle();
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].action();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets every promise that can go on do so. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Makes sockets that a test plays the server of, and counts how often one was opened while another was still open. */
export function fakeSockets() {
  const sockets = [];
  class FakeWebSocket {
    readyState = 0;
    sent = [];
    closeCalls = 0;

    constructor(url, protocols) {
      this.url = new URL(url);
      this.protocols = protocols;
      if (sockets.some((other) => other.readyState !== 3)) FakeWebSocket.secondOpenings += 1;
      sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close() {
      this.closeCalls += 1;
      if (!FakeWebSocket.swallowsClose) this.serverCloses(1000);
    }

    terminate() {
      this.readyState = 3;
    }

    serverSends(frame) {
      if (this.readyState === 3) return;
      this.readyState = 1;
      this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    }

    serverCloses(code, reason = '') {
      this.readyState = 3;
      this.onclose?.({ code, reason });
    }

    /** What a browser reports when the handshake or the network fails; a well-behaved one closes then, see `serverCloses`. */
    fails() {
      this.onerror?.({ type: 'error' });
    }

    get param() {
      return Object.fromEntries(this.url.searchParams);
    }
  }
  FakeWebSocket.swallowsClose = false;
  FakeWebSocket.secondOpenings = 0;
  return { FakeWebSocket, sockets };
}

export function hello(fields = {}) {
  return {
    type: 'hello',
    protocol: 'heddle.v1',
    session: 's1',
    user: 'alice',
    cursor: 'c0',
    resume: 'fresh',
    partition: 17,
    heartbeatSeconds: 25,
    maxFrameBytes: 65536,
    ...fields,
  };
}

export function item(runSeq, event, fields = {}) {
  return { eventId: `e${runSeq}`, threadId: 't', runId: 'r', agentId: 'echo', runSeq, attempt: 0, event, ...fields };
}

/** A client with everything that a test may want to look at; `options` as the app's. */
export async function startClient(options = {}, { clock = new FakeClock(), fakes = fakeSockets() } = {}) {
  const seen = { resume: [], status: [], errors: [], tokens: [] };
  const client = new HeddleClient({
    url: 'http://edge.test',
    token: async (asked) => (seen.tokens.push(asked), `token${seen.tokens.length}`),
    WebSocket: fakes.FakeWebSocket,
    clock,
    random: () => 0.5,
    onResume: (outcome) => seen.resume.push(outcome),
    onStatus: (status) => seen.status.push(status),
    onError: (error) => seen.errors.push(error),
    ...options,
  });
  const connected = client.connect();
  await settle();
  return { client, clock, seen, connected, ...fakes, last: () => fakes.sockets.at(-1) };
}

/** The state is the list of the events' numbers. */
export const LIST_VIEW = { initial: () => [], events: (state, items) => [...state, ...items.map((each) => each.runSeq)] };

export function eventsFrame(cursor, ...seqs) {
  return { type: 'events', cursor, events: seqs.map((seq) => item(seq, { type: 'CUSTOM' })) };
}

/** A JWT that nobody has signed. */
export function jwt(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.${part('')}`;
}
