/**
 * Clients of one user (tabs that share a store), an edge that has a log, an app that fails, and a network that does its worst, driven by a
 * seed. After every step the promises are checked; whatever breaks one is a `Violation` that names it. The world trusts nothing that the client says
 * of itself: commands are counted by what the app meant with them, not by their ids, and connections, renewals and saves where they arrive.
 */
import { FakeClock, settle } from './fakes.js';
import { Promises, check } from './promises.js';
import { Edge } from './simulated-edge.js';
import { Tab } from './simulated-tab.js';

const STEPS = 150;
const CALM_ROUNDS = 120;
const FILTER_OF_ALL = '[null,null]';
const CUTS = [1000, 1001, 1005, 1006, 1011, 1012, 4408, 4410, 4429, 4500, 4503, 4999];
const FINAL = [4400, 4403, 4409, 4413];

export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** One seed's life of everything. Throws a `Violation`, or what the client threw. */
export async function simulate(HeddleClient, seed) {
  const random = randomFrom(seed);
  const pick = (count) => Math.floor(random() * count);
  const clock = new FakeClock();
  const edge = new Edge(random, clock);
  const commands = [];
  const world = { random, pick, clock, edge, stored: { record: null }, handled: new Set(), calm: false, violation: null, opaque: random() < 0.3, checkPair };
  clock.setWrong(random() < 0.5 ? 0 : (pick(96) - 48) * 900_000);
  let tabs = [new Tab(world, HeddleClient)];
  await tabs[0].connect();

  function checkPair({ state, cursor }) {
    if (cursor === null) {
      check(state.length === 0, Promises.PAIR, () => `${state.length} events without a cursor`);
      return;
    }
    const [generation, offset] = cursor.split(':').map(Number);
    const begin = offset - state.length;
    check(edge.starts.has(`${generation}:${begin}`), Promises.PAIR, () => `${state.length} events at ${cursor}`);
    state.forEach((eventId, index) => {
      check(eventId === edge.logs[generation][begin + index].eventId, Promises.PAIR, () => `${eventId} at ${begin + index} of ${cursor}`);
      check(world.handled.has(eventId), Promises.NOT_AHEAD, () => `${eventId} in the state at ${cursor}`);
    });
  }

  function command(tab) {
    const entry = { meant: commands.length, outcomes: 0, result: null };
    commands.push(entry);
    const settled = (result) => {
      entry.outcomes += 1;
      entry.result = result;
    };
    const { client } = tab;
    client.start({ id: `cmd-${seed}-${entry.meant}`, agentId: 'a', threadId: 't', input: { meant: entry.meant } }).then(settled, settled);
    entry.tab = tab;
  }

  /** Closes with a code that ends a client: the app sees it, and may connect again. */
  function closeForGood(tab, socket) {
    tab.mayClose = true;
    socket.serverCloses(FINAL[pick(FINAL.length)]);
  }

  /** For a minute every connection is greeted, caught up and closed at once. */
  async function cutEveryConnection(tab) {
    const before = tab.openings.length;
    for (let second = 0; second < 60; second += 1) {
      const { socket } = tab;
      if (socket && !edge.isGreeted(socket)) edge.greet(socket);
      if (tab.socket) edge.deliver(tab.socket, 0);
      tab.socket?.serverCloses(1006);
      await clock.advance(1000);
    }
    check(tab.openings.length - before <= 18, Promises.CALM, () => `${tab.openings.length - before} connections in a minute`);
  }

  const greeted = (tab, action) => tab.socket && edge.isGreeted(tab.socket) && action(tab.socket);
  const actions = [
    () => edge.append(),
    () => edge.append(),
    () => clock.advance(pick(3000)),
    () => clock.advance(pick(3000)),
    () => random() < 0.1 && clock.advance(pick(120_000)),
    (tab) => greeted(tab, (socket) => edge.deliver(socket, pick(5))),
    (tab) => greeted(tab, (socket) => edge.deliver(socket, pick(5))),
    (tab) => tab.socket && !edge.isGreeted(tab.socket) && edge.greet(tab.socket),
    (tab) => tab.socket && !edge.isGreeted(tab.socket) && edge.greet(tab.socket),
    (tab) => greeted(tab, (socket) => edge.answer(socket, { heard: () => random() < 0.6, retry: () => random() < 0.2 })),
    (tab) => greeted(tab, (socket) => edge.answer(socket, { heard: () => random() < 0.6, retry: () => random() < 0.2 })),
    (tab) => random() < 0.4 && tab.socket?.serverCloses(CUTS[pick(CUTS.length)]),
    (tab) => random() < 0.2 && tab.socket?.fails(),
    (tab) => random() < 0.1 && tab.socket && closeForGood(tab, tab.socket),
    (tab) => random() < 0.2 && greeted(tab, (socket) => edge.mute(socket)),
    (tab) => random() < 0.1 && tab.socket?.serverSends(['nonsense', { type: 'tomorrow' }, { type: 'events', cursor: 'c' }][pick(3)]),
    (tab) =>
      random() < 0.2 &&
      greeted(tab, (socket) => {
        socket.serverSends({ type: 'goodbye', code: 4001, reason: 'draining', retryAfterMs: pick(5000), cursor: 'unused' });
        if (random() < 0.7) socket.serverCloses(4001);
      }),
    (tab) => greeted(tab, (socket) => clock.trueTime >= tab.tokenEnd && socket.serverCloses(4401)),
    (tab) => random() < 0.2 && tab.client.cut(),
    (tab) => random() < 0.5 && tab.client.status.phase !== 'closed' && command(tab),
    () => random() < 0.05 && edge.recreate(),
    () => random() < 0.1 && clock.setWrong((pick(96) - 48) * 900_000),
    (tab) => random() < 0.05 && cutEveryConnection(tab),
    async (tab) => {
      if (random() < 0.2) tab.client.disconnect();
      if (random() < 0.5) await settle();
      if (random() < 0.5) await tab.connect();
    },
    async (tab) => {
      if (random() > 0.15) return;
      if (random() < 0.5) await tab.client.flush();
      tab.close();
      tabs = tabs.filter((each) => each !== tab);
      if (tabs.length === 0) tabs = [new Tab(world, HeddleClient)];
      await tabs.at(-1).connect();
    },
    async () => {
      if (random() > 0.05 || tabs.length > 1) return;
      tabs.push(new Tab(world, HeddleClient));
      await tabs.at(-1).connect();
    },
  ];

  async function reviveIfEnded(tab) {
    if (tab.client.status.phase !== 'closed') return;
    check(tab.mayClose, Promises.COMES_BACK, () => `ended with ${JSON.stringify(tab.client.status)}`);
    tab.mayClose = false;
    await tab.connect();
  }

  function checkAll() {
    if (world.violation) throw world.violation;
    for (const tab of tabs) {
      checkPair(tab.client);
      check(tab.fakes.FakeWebSocket.secondOpenings === 0, Promises.ONE_SOCKET, 'a second one was opened');
    }
    for (const { outcomes, meant } of commands) {
      check(outcomes <= 1, Promises.COMMANDS, `command ${meant} has ${outcomes} outcomes`);
      check((edge.runs.get(meant) ?? 0) <= 1, Promises.COMMANDS, () => `command ${meant} was run ${edge.runs.get(meant)} times`);
    }
  }

  for (let step = 0; step < STEPS; step += 1) {
    await actions[pick(actions.length)](tabs[pick(tabs.length)]);
    for (const tab of tabs) await reviveIfEnded(tab);
    checkAll();
  }

  // From here on the network, the edge and the app do what they should.
  world.calm = true;
  const open = () => commands.filter(({ tab, outcomes }) => tabs.includes(tab) && outcomes === 0);
  const cursorOfAll = () => `${edge.generation}:${edge.log.length}`;
  const done = () => open().length === 0 && tabs.every(({ client }) => client.status.phase === 'live' && client.cursor === cursorOfAll());
  for (let round = 0; round < CALM_ROUNDS && !done(); round += 1) {
    for (const tab of tabs) {
      await reviveIfEnded(tab);
      if (tab.client.status.phase === 'idle') await tab.connect();
      if (tab.socket && !edge.isGreeted(tab.socket)) edge.greet(tab.socket);
      greeted(tab, (socket) => {
        if (clock.trueTime >= tab.tokenEnd) {
          socket.serverCloses(4401);
          return;
        }
        edge.answer(socket, { heard: () => true, retry: () => false });
        if (tab.socket === socket) edge.deliver(socket, 1000);
      });
    }
    await clock.advance(2000);
    checkAll();
  }
  for (const { client } of tabs) {
    check(client.status.phase === 'live', Promises.COMES_BACK, () => `in the end it is ${JSON.stringify(client.status)}`);
    check(client.cursor === cursorOfAll(), Promises.COMES_BACK, () => `the end is ${cursorOfAll()}, the client at ${client.cursor}`);
  }
  for (const { meant, outcomes, result, tab } of commands) {
    if (!tabs.includes(tab)) continue;
    check(outcomes === 1, Promises.COMMANDS, `command ${meant} has ${outcomes} outcomes`);
    if (result.type === 'accepted') {
      check(edge.runs.get(meant) === 1, Promises.COMMANDS, () => `command ${meant} was accepted and run ${edge.runs.get(meant) ?? 0} times`);
      check(result.runId === edge.runIds.get(meant), Promises.COMMANDS, () => `command ${meant} was told the run ${result.runId}`);
    } else check(['ConnectionClosed', 'CommandRejected'].includes(result.name), Promises.COMMANDS, () => `command ${meant}: ${result}`);
  }
  check(world.stored.record === null || world.stored.record.filter === FILTER_OF_ALL, Promises.STORE, 'a record without its filter');
}
