import { fakeSockets, jwt, settle } from './fakes.js';
import { Promises, check } from './promises.js';

/** One life of a page: a client with a clock, a network and an app of its own; closing the page ends it between any two steps. */
export class Tab {
  fakes = fakeSockets();
  openings = [];
  renewedAt = undefined;
  mayClose = false;
  client;
  #world;
  #dead = false;
  #loaded;

  constructor(world, HeddleClient) {
    this.#world = world;
    const { clock, random, edge } = world;
    const tab = this;
    const alive = (action) => () => this.#dead || action();
    class Socket extends this.fakes.FakeWebSocket {
      constructor(url, protocols) {
        super(url, protocols);
        this.tab = tab;
        tab.openings.push(clock.trueTime);
        tab.note(() => tab.#checkFirstDial(this));
      }

      tokenEnd() {
        return tab.tokenEnd;
      }
    }
    this.fakes.FakeWebSocket.swallowsClose = random() < 0.3;
    this.client = new HeddleClient({
      url: 'http://edge.test',
      partition: 3,
      token: () => this.#token(),
      view: { initial: () => [], events: (state, items) => [...state, ...items.map((each) => each.eventId)] },
      store: { load: () => this.#load(), save: (record) => this.#save(record) },
      from: 'earliest',
      tokenMs: 8_000,
      storeMs: 5_000,
      WebSocket: Socket,
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        setTimeout: (action, ms) => clock.setTimeout(alive(action), ms),
        clearTimeout: (timer) => clock.clearTimeout(timer),
      },
      random,
      onEvent: (each) => this.#event(each),
      onStatus: ({ phase, error }) => {
        if (phase === 'closed' && error !== undefined) this.mayClose = true;
      },
      onError: () => {},
    });
    this.edge = edge;
  }

  /** The socket that is not closed yet, as the edge sees it; undefined without one. */
  get socket() {
    return this.#dead ? undefined : this.fakes.sockets.find((socket) => socket.readyState !== 3);
  }

  async connect() {
    this.client.connect();
    await settle();
  }

  /** Keeps the first violation that is seen where the client would swallow it. */
  note(checking) {
    try {
      checking();
    } catch (violation) {
      this.#world.violation ??= violation;
    }
  }

  /** The page is closed: nothing of it runs any more, and nothing is saved. */
  close() {
    this.#dead = true;
    for (const socket of this.fakes.sockets) {
      socket.readyState = 3;
      socket.onmessage = null;
      socket.onclose = null;
    }
  }

  async #token() {
    const { random, clock, pick } = this.#world;
    if (random() < 0.03) return new Promise(() => {});
    await new Promise((resolve) => clock.setTimeout(resolve, random() < 0.5 ? 0 : pick(4000)));
    if (random() < 0.1) throw new Error('no token now');
    const iat = Math.floor(clock.trueTime / 1000);
    const lifeSeconds = 20 + pick(600);
    this.tokenEnd = (iat + lifeSeconds) * 1000;
    return this.#world.opaque ? `t${this.tokenEnd}` : jwt({ sub: 'alice', iat, exp: iat + lifeSeconds });
  }

  async #load() {
    const { random, stored } = this.#world;
    if (random() < 0.15) throw new Error('locked');
    if (random() < 0.05) return new Promise(() => {});
    this.#loaded = stored.record;
    return stored.record;
  }

  async #save(record) {
    const { random, stored } = this.#world;
    if (this.#dead) return new Promise(() => {});
    if (random() < 0.1) throw new Error('quota');
    this.note(() => this.#world.checkPair(record));
    stored.record = record;
    return undefined;
  }

  #checkFirstDial(socket) {
    check(this.#loaded !== undefined, Promises.STORE, 'opened before the store has answered');
    if (this.openings.length > 1) return;
    const expected = this.#loaded?.cursor ?? undefined;
    check(socket.param.cursor === expected, Promises.STORE, () => `stored ${expected}, opened with ${socket.param.cursor}`);
  }

  /** The app does something with each event, now or later, and sometimes fails. */
  #event({ eventId }) {
    const { random, clock, pick, handled } = this.#world;
    const luck = this.#world.calm ? 1 : random();
    if (luck < 0.01) throw new Error('the app fails');
    if (luck < 0.7) {
      handled.add(eventId);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      clock.setTimeout(() => {
        if (luck < 0.71) {
          reject(new Error('the app fails later'));
          return;
        }
        handled.add(eventId);
        resolve();
      }, pick(2000));
    });
  }
}
