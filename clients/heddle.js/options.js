import { MemoryStore } from './store.js';
import { streamUrl } from './protocol.js';

/** A client without a view has no state; its `onEvent` does what is to be done with each event. */
const NO_VIEW = { initial: () => null, events: (state) => state };

/**
 * The app's state and its transitions by events. The functions are pure: they give the next state and leave the old one as it was.
 *
 * @template S
 * @typedef {object} View
 * @property {() => S} initial the state before any event
 * @property {(state: S, items: object[]) => S} events the state after a frame's items. If it throws, the frame has not been applied and the client ends;
 *     only a stored state that it cannot go on with, though it could with the initial one, is given up, and the client begins anew
 * @property {(state: S, frame: object) => S} [snapshot] the state after a snapshot; its instants are milliseconds
 * @property {string | number} [version] names the shape of the state: change it when the shape changes, and stored states of another version are not used
 * @property {(state: unknown, version: unknown) => S | undefined} [migrate] makes a state of this version from a stored one of another; undefined if it cannot
 */

/**
 * Where the connection is. `retryAt` is by the device's clock, for display.
 *
 * @typedef {object} Status
 * @property {'idle' | 'connecting' | 'open' | 'live' | 'waiting' | 'closed'} phase `open`: greeted; `live`: caught up; `waiting`: comes back by itself;
 *     `closed`: only the app can connect again; `idle`: it has not, or has disconnected
 * @property {number} [code] the close code, if the edge or the network gave one
 * @property {string} [reason] why it waits or is closed, in words
 * @property {number} [retryAt] when the next try is due, milliseconds since 1970
 * @property {number} [attempt] connections in a row that did not last
 * @property {string} [session] the edge's name for the connection
 * @property {Error} [error] what failed on this side: `token()`, the store, the app's own code
 * @property {Error} [storeError] saving fails since a while; events go on, and a reload replays what is not saved
 */

/**
 * @typedef {object} Options
 * @property {string} url http(s) or ws(s) address of an edge or of the load balancer before them
 * @property {(asked: {refused: boolean}) => Promise<string> | string} token gives a JWT; `refused` tells that the last one was, so a cached one will not do
 * @property {View<any>} [view]
 * @property {import('./store.js').Store} [store] where `{cursor, state}` is kept; by default in memory
 * @property {number} [saveEveryMs] at most one save in this time (0)
 * @property {number} [storeTries] after so many failed loads the client goes on without what is stored, and saves nothing; by default it never does
 * @property {string} [from] where to begin without a cursor
 * @property {string} [thread] as in the protocol, like `types`, `fold`, `snapshot`, `agents`
 * @property {string[]} [types]
 * @property {boolean} [fold]
 * @property {boolean} [snapshot]
 * @property {boolean} [agents]
 * @property {number} [partition] the hint for load balancers, if it is known; else it is asked for once, see `partitions`
 * @property {number} [partitions] the log's partition count: with it the first hint is computed from the token's `sub` and nothing is asked
 * @property {(item: object) => void | Promise<void>} [onEvent] each event, in order, one after another: a promise is waited for (`eventMs`). The cursor moves
 *     when all of a frame are done. If one fails the cursor stays, the client ends with `status.error`, and after the next `connect` the frame's events come again,
 *     from its first
 * @property {(state: any, cursor: string | null) => void} [onState] once for each frame
 * @property {(resumed: {outcome: 'resumed' | 'fresh' | 'reset', reason?: string, lost?: {from: string, to: string}}) => void} [onResume] what became of the cursor,
 *     once for each connection
 * @property {(reset: {reason: string, lost?: object, state: any}) => any} [onReset] gives the state to go on with after a reset; by default the view's
 *     initial one. If it throws nothing has changed, and the client ends. Where the edge would go on from `latest` but `from` asks for more, the client then begins
 *     again without a cursor
 * @property {(status: Status) => void} [onStatus]
 * @property {(frame: object) => void} [onSnapshot]
 * @property {(frame: object, agents: object[]) => void} [onAgents] the frame, and all agents as they are now
 * @property {(upstream: 'ok' | 'degraded') => void} [onUpstream]
 * @property {(error: Error) => void} [onError] what the app may want to log; by default the console has it
 * @property {any} [WebSocket] the implementation where there is no global one (`ws` in Node 20)
 * @property {{baseMs?: number, capMs?: number}} [backoff] of the delays between tries (500, 30000)
 * @property {number} [steadyMs] a connection that was live for so long has lasted, and delays begin anew (10000)
 * @property {number} [helloMs] from opening the socket to `hello` (15000)
 * @property {number} [closeMs] of the closing handshake (3000)
 * @property {number} [probeMs] for the answer to a ping when the page is shown again (5000)
 * @property {number} [tokenMs] for `token()` (20000)
 * @property {number} [storeMs] for one call of the store (10000)
 * @property {number} [eventMs] for the promise of one `onEvent` (60000)
 * @property {number} [hintMs] for the partition hint (2000)
 * @property {number} [maxPendingCommands] unanswered commands, at most 16 MiB of them; one more is rejected with `too_many_waiting` (1000)
 * @property {object} [clock] `{now, setTimeout, clearTimeout, monotonic?}`, for tests
 * @property {() => number} [random]
 * @property {typeof globalThis.fetch} [fetch]
 */

const DEFAULTS = {
  saveEveryMs: 0,
  storeTries: Infinity,
  steadyMs: 10_000,
  helloMs: 15_000,
  closeMs: 3_000,
  probeMs: 5_000,
  tokenMs: 20_000,
  storeMs: 10_000,
  eventMs: 60_000,
  hintMs: 2_000,
  maxPendingCommands: 1_000,
  random: Math.random,
};

/**
 * The options with their defaults, or a TypeError that names what is wrong.
 *
 * @param {Options} given
 * @returns {Options & typeof DEFAULTS}
 */
export function checked(given) {
  if (!given?.url || typeof given.token !== 'function') throw new TypeError('url and token() are required');
  try {
    streamUrl(given.url, {});
  } catch {
    throw new TypeError(`url is no address: ${given.url}`);
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options = /** @type {any} */ ({ ...DEFAULTS, view: NO_VIEW, WebSocket: globalThis.WebSocket, ...known });
  if (!options.WebSocket) throw new TypeError('there is no WebSocket here: pass one as option WebSocket');
  options.store ??= new MemoryStore();
  return options;
}
