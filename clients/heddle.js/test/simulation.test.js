/**
 * A client, a server that has a log, and a network that does its worst, driven by a seed. After every step: the state is the log's
 * beginning up to the cursor, what is stored is such a pair too, and there is one socket at most. In the end: everything came, and
 * every command was run once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeddleClient } from '../heddle.js';
import { FakeClock, fakeSockets, hello, item, settle } from './fakes.js';

const RUNS = Number(process.env.HEDDLE_SIMULATIONS ?? 60);
const FIRST_SEED = Number(process.env.HEDDLE_SEED ?? 1);
const STEPS = 150;
const CLOSES = [1001, 1006, 1011, 4001, 4401, 4408, 4410, 4500, 4503];

function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Plays the server of whichever socket is open; its cursors are places in its log. */
class Server {
  log = [];
  ran = new Map();
  #at = new Map();
  #handled = new Map();

  append() {
    this.log.push(item(this.log.length, { type: 'CUSTOM' }));
  }

  greet(socket) {
    const { cursor } = socket.param;
    this.#at.set(socket, Number(cursor ?? 0));
    this.#handled.set(socket, 0);
    socket.serverSends(hello({ cursor: String(this.#at.get(socket)), resume: cursor === undefined ? 'fresh' : 'resumed' }));
  }

  isGreeted(socket) {
    return this.#at.has(socket);
  }

  /** Sends the next events, at most `most`, perhaps none. */
  deliver(socket, most) {
    const from = this.#at.get(socket);
    const to = Math.min(this.log.length, from + most);
    this.#at.set(socket, to);
    socket.serverSends({ type: 'events', cursor: String(to), events: this.log.slice(from, to) });
    if (to === this.log.length) socket.serverSends({ type: 'caughtUp', cursor: String(to) });
  }

  /** Reads what the client has sent; the answer to a command may get lost. */
  answer(socket, isHeard) {
    for (const frame of socket.sent.slice(this.#handled.get(socket))) {
      if (frame.type === 'ping') socket.serverSends({ type: 'pong' });
      if (frame.type === 'command') this.#command(socket, frame, isHeard());
    }
    this.#handled.set(socket, socket.sent.length);
  }

  #command(socket, { id }, heard) {
    if (!this.ran.has(id)) {
      this.ran.set(id, `run-${id}`);
      this.append();
    }
    if (heard) socket.serverSends({ type: 'accepted', id, runId: this.ran.get(id) });
  }
}

async function simulate(seed) {
  const random = randomFrom(seed);
  const pick = (count) => Math.floor(random() * count);
  const clock = new FakeClock();
  const { FakeWebSocket, sockets } = fakeSockets();
  const server = new Server();
  const saved = [];
  const answers = [];
  let record = null;
  const store = {
    load: async () => record,
    save: async (next) => {
      record = next;
      saved.push(next);
    },
  };
  const make = () =>
    new HeddleClient({
      url: 'http://edge.test',
      token: async () => {
        await new Promise((resolve) => clock.setTimeout(resolve, random() < 0.5 ? 0 : pick(4000)));
        if (random() < 0.1) throw new Error('no token now');
        return 'token';
      },
      view: { initial: () => [], events: (state, items) => [...state, ...items.map((each) => each.eventId)] },
      store,
      from: 'earliest',
      WebSocket: FakeWebSocket,
      clock,
      random,
      onError: () => {},
    });
  const connect = async () => {
    client.connect();
    await settle();
  };
  let client = make();
  await connect();

  const actions = [
    async () => server.append(),
    async () => clock.advance(pick(3000)),
    async (socket) => socket && server.isGreeted(socket) && server.deliver(socket, pick(5)),
    async (socket) => socket && !server.isGreeted(socket) && server.greet(socket),
    async (socket) => socket && server.isGreeted(socket) && server.answer(socket, () => random() < 0.6),
    async (socket) => socket && random() < 0.4 && socket.serverCloses(CLOSES[pick(CLOSES.length)]),
    async () => random() < 0.3 && client.cut(),
    async () => random() < 0.3 && answers.push(client.start({ id: `c${answers.length}`, agentId: 'a', threadId: 't', input: {} }).catch((error) => error)),
    async () => {
      if (random() < 0.2) await client.disconnect();
      if (random() < 0.5 && client.status.phase !== 'closed') await connect();
    },
    async () => {
      if (random() < 0.1 || client.status.phase === 'closed') {
        await client.disconnect();
        client = make();
        await connect();
      }
    },
  ];
  const open = () => sockets.find((socket) => socket.readyState !== 3);
  const isPrefix = ({ state, cursor }) => {
    assert.equal(state.length, Number(cursor ?? 0), 'the state belongs to its cursor');
    state.forEach((eventId, index) => assert.equal(eventId, server.log[index].eventId, 'in order, once'));
  };
  for (let step = 0; step < STEPS; step += 1) {
    await actions[pick(actions.length)](open());
    isPrefix(client);
    assert.equal(FakeWebSocket.secondOpenings, 0, 'one socket at a time');
    saved.splice(0).forEach(isPrefix);
  }

  const settled = () => client.status.phase === 'live' && client.state.length === server.log.length;
  if (client.status.phase === 'closed') client = make();
  await connect();
  for (let round = 0; round < 200 && !settled(); round += 1) {
    await clock.advance(2000);
    if (open() && !server.isGreeted(open())) server.greet(open());
    if (open() && server.isGreeted(open())) {
      server.answer(open(), () => true);
      server.deliver(open(), 1000);
    }
  }
  assert.equal(client.state.length, server.log.length, 'everything came');
  isPrefix(client);
  assert.ok(server.ran.size <= answers.length, 'no command was run twice');
}

test(`${RUNS} random lives keep every promise`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
    try {
      await simulate(seed);
    } catch (error) {
      error.message = `HEDDLE_SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
});
