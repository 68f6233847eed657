import { Backoff } from './backoff.js';
import { Connection, Ended } from './connection.js';
import { ConnectionClosed, Outbox } from './outbox.js';
import { Retry, SUBPROTOCOL, filterKey, meaningOf, retryAfter, streamUrl } from './protocol.js';
import { MemoryStore, Saver } from './store.js';
import { TokenRefresh } from './token-refresh.js';

const MAX_REFUSED_TOKENS = 3;
const LATER_MS = 1_000;

/** Resets after which the edge goes on from `latest`: the old cursor said nothing about this log. */
const NOT_THIS_LOG = new Set(['generation', 'foreign', 'malformed']);

const SYSTEM_CLOCK = {
  now: () => Date.now(),
  setTimeout: (action, ms) => setTimeout(action, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** A client without a view has no state; its `onEvent` does what is to be done with each event. */
const NO_VIEW = { initial: () => null, events: (state) => state };

/**
 * A user's events, and the way to give commands.
 *
 * options, all but the first two may be left out:
 * - `url`: http(s) or ws(s) address of an edge or of the load balancer before them
 * - `token: ({refused}) => Promise<string>`: a JWT; `refused` tells that the last one was, so a cached one will not do
 * - `view: {initial(), events(state, items), snapshot?(state, frame)}`: makes the next state from a frame's items without changing the
 *   old one. If it throws, the frame has not been applied, the client ends and `onError` tells
 * - `store`, `saveEveryMs` (0): where `{cursor, state}` is kept; by default in memory
 * - `from`: where to begin without a cursor; `thread`, `types`, `fold`, `snapshot`, `agents`: as in the protocol
 * - `partition`: the hint for load balancers, if known before the first `hello`
 * - `onEvent(item)`: each event; the cursor is kept after the last of its frame. `onState(state, cursor)`: once for each frame
 * - `onResume({outcome, reason?, lost?})`: what became of the cursor, once for each connection
 * - `onReset({reason, lost, state})`: gives the state to go on with after a reset; by default the view's initial one. Where the edge would go on
 *   from `latest` but `from` asks for more, the client then connects once more without a cursor
 * - `onStatus({phase, ...})`: idle, connecting, open, live, waiting, closed
 * - `onSnapshot(frame)`, `onAgents(frame)`, `onUpstream('ok' | 'degraded')`, `onError(error)`
 * - `WebSocket`: the implementation where there is no global one (`ws` in Node 20)
 * - `backoff: {baseMs, capMs}`, `helloMs` (15000), `closeMs` (3000), `clock`, `random`
 */
export class HeddleClient {
  #options;
  #Socket;
  #clock;
  #view;
  #backoff;
  #outbox;
  #saver;
  #refresh;
  #filter;
  #store;
  #loaded = null;
  #state;
  #cursor = null;
  #partition;
  #wanted = false;
  #connection = null;
  #turn = 0;
  #timer = null;
  #refusedTokens = 0;
  #beginAgain = false;
  #hello = null;
  #status = { phase: 'idle' };
  #online = () => {
    if (this.#status.code === undefined) this.#hurry();
  };

  constructor(options) {
    if (!options?.url || typeof options.token !== 'function') throw new TypeError('url and token() are required');
    const { clock = SYSTEM_CLOCK, random = Math.random, view = NO_VIEW, store = new MemoryStore() } = options;
    this.#options = options;
    this.#Socket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#Socket) throw new TypeError('there is no WebSocket here: pass one as option WebSocket');
    this.#clock = clock;
    this.#view = view;
    this.#state = view.initial();
    this.#partition = options.partition;
    this.#filter = filterKey(options);
    this.#store = store;
    this.#backoff = new Backoff({ ...options.backoff, random });
    this.#outbox = new Outbox(clock, random);
    this.#saver = new Saver(store, clock, options.saveEveryMs ?? 0, (error) => this.#tell('onError', error));
    this.#refresh = new TokenRefresh(clock, random, () => this.#renewToken());
  }

  get state() {
    return this.#state;
  }

  get cursor() {
    return this.#cursor;
  }

  get status() {
    return this.#status;
  }

  /** The last `hello`, or null. */
  get hello() {
    return this.#hello;
  }

  /** Loads what is stored and goes online; stays so until `disconnect` or a close that forbids to come back. */
  async connect() {
    this.#wanted = true;
    globalThis.addEventListener?.('online', this.#online);
    this.#loaded ??= this.#load();
    await this.#loaded;
    if (this.#wanted && this.#connection === null && this.#timer === null) await this.#open();
  }

  /** Goes offline and stays there; state, cursor and unanswered commands are kept for the next `connect`. */
  async disconnect() {
    this.#leave();
    if (this.#connection === null) this.#setStatus({ phase: 'idle' });
    else this.#connection.close();
    await this.#saver.flush();
  }

  /** Drops the connection as a bad network would, and comes back the usual way. For trying things out. */
  cut() {
    this.#connection?.close();
  }

  /** Saves what there is now: for `pagehide`. */
  flush() {
    return this.#saver.flush();
  }

  /** Starts a run; resolves with `{id, runId}` when it is in the log. */
  start({ agentId, threadId, runId, input, id }) {
    return this.#outbox.add({ id, command: 'run.start', agentId, threadId, runId, input });
  }

  /** Answers the interrupts of a run. */
  resume({ threadId, runId, resume, id }) {
    return this.#outbox.add({ id, command: 'run.resume', threadId, runId, resume });
  }

  cancel({ threadId, runId, id }) {
    return this.#outbox.add({ id, command: 'run.cancel', threadId, runId });
  }

  async #load() {
    try {
      const record = await this.#store.load();
      if (record && record.filter === this.#filter) {
        this.#state = record.state;
        this.#cursor = record.cursor;
        this.#partition ??= record.partition;
        this.#tell('onState', this.#state, this.#cursor);
      }
    } catch (error) {
      this.#tell('onError', error);
    }
  }

  async #open() {
    const turn = ++this.#turn;
    this.#setStatus({ phase: 'connecting', attempt: this.#backoff.failures });
    let token;
    try {
      token = await this.#options.token({ refused: this.#refusedTokens > 0 });
    } catch (error) {
      this.#tell('onError', error);
      if (turn === this.#turn) this.#wait(this.#backoff.next(), 'no token');
      return;
    }
    if (turn !== this.#turn || !this.#wanted || this.#connection !== null) return;
    try {
      this.#connection = this.#dial(token);
    } catch (error) {
      this.#tell('onError', error);
      this.#wait(this.#backoff.next(), 'no socket');
    }
  }

  #dial(token) {
    const address = streamUrl(this.#options.url, this.#query());
    return new Connection(
      () => new this.#Socket(address, [SUBPROTOCOL, `bearer.${token}`]),
      this.#clock,
      { helloMs: this.#options.helloMs ?? 15_000, closeMs: this.#options.closeMs ?? 3_000 },
      {
        hello: (frame) => this.#greeted(frame),
        frame: (frame) => this.#received(frame),
        closed: (outcome) => this.#closed(outcome),
      },
    );
  }

  #query() {
    const { from, thread, types, fold, snapshot, agents } = this.#options;
    const begin = this.#cursor === null ? { from } : { cursor: this.#cursor };
    return { ...begin, thread, types, fold, snapshot, agents, p: this.#partition };
  }

  #greeted(hello) {
    this.#hello = hello;
    this.#refusedTokens = 0;
    this.#partition = hello.partition ?? this.#partition;
    this.#beginAgain = hello.resume === 'reset' && this.#wantsMoreThan(hello.reason);
    this.#keep(hello.resume === 'reset' ? this.#afterReset(hello) : this.#state, hello.cursor);
    this.#setStatus({ phase: 'open', session: hello.session });
    this.#tell('onResume', { outcome: hello.resume, reason: hello.reason, lost: hello.lost });
    const connection = this.#connection;
    if (this.#beginAgain) {
      connection.close();
      return;
    }
    this.#refresh.arm(hello.tokenExpiresAt);
    this.#outbox.attach((frame) => connection.send(frame), hello.maxFrameBytes);
  }

  #afterReset({ reason, lost }) {
    const { onReset } = this.#options;
    return onReset ? onReset({ reason, lost, state: this.#state }) : this.#view.initial();
  }

  /** Whether the edge goes on from `latest` where this client, having no cursor, would have begun earlier. */
  #wantsMoreThan(reason) {
    return NOT_THIS_LOG.has(reason) && (this.#options.from ?? 'latest') !== 'latest';
  }

  #received(frame) {
    switch (frame.type) {
      case 'events':
        this.#apply(frame, (state) => this.#view.events(state, frame.events));
        break;
      case 'snapshot':
        this.#apply(frame, (state) => this.#view.snapshot?.(state, frame) ?? state);
        this.#tell('onSnapshot', frame);
        break;
      case 'caughtUp':
        this.#backoff.succeeded();
        this.#keep(this.#state, frame.cursor);
        this.#setStatus({ phase: 'live', session: this.#hello.session });
        break;
      case 'accepted':
        this.#outbox.accepted(frame);
        break;
      case 'rejected':
        this.#outbox.rejected(frame);
        break;
      case 'token':
        this.#refresh.arm(frame.expiresAt);
        break;
      case 'agents':
        this.#tell('onAgents', frame);
        break;
      case 'status':
        this.#tell('onUpstream', frame.upstream);
        break;
      default:
        break;
    }
  }

  /** The whole frame, then its cursor; if the app cannot apply it, neither. */
  #apply(frame, next) {
    try {
      const state = next(this.#state);
      for (const item of frame.events ?? []) this.#options.onEvent?.(item);
      this.#keep(state, frame.cursor);
    } catch (error) {
      this.#end(4400, 'the app could not apply a frame');
      this.#tell('onError', error);
    }
  }

  #keep(state, cursor) {
    this.#state = state;
    this.#cursor = cursor ?? this.#cursor;
    this.#saver.put({
      cursor: this.#cursor,
      state,
      filter: this.#filter,
      partition: this.#partition,
    });
    this.#tell('onState', state, this.#cursor);
  }

  #closed({ ended, code, reason, retryAfterMs }) {
    this.#connection = null;
    this.#refresh.disarm();
    this.#outbox.detach();
    if (!this.#wanted) {
      if (this.#status.phase !== 'closed') this.#setStatus({ phase: 'idle' });
      return;
    }
    if (this.#beginAgain) {
      this.#beginAgain = false;
      this.#cursor = null;
      this.#wait(0, 'begin again');
      return;
    }
    if (ended !== Ended.BY_SERVER) {
      this.#wait(this.#backoff.next(), ended);
      return;
    }
    const why = reason || meaningOf(code);
    switch (retryAfter(code)) {
      case Retry.NO:
        this.#end(code, why);
        break;
      case Retry.NEW_TOKEN:
        this.#refusedTokens += 1;
        if (this.#refusedTokens >= MAX_REFUSED_TOKENS) this.#end(code, why);
        else this.#wait(this.#refusedTokens === 1 ? 0 : this.#backoff.next(), why, code);
        break;
      case Retry.AT_ONCE: {
        const again = this.#backoff.failures > 0;
        const delay = this.#backoff.next();
        this.#wait(again ? delay : 0, why, code);
        break;
      }
      case Retry.LATER:
        this.#wait(this.#backoff.nextAtLeast(retryAfterMs ?? LATER_MS), why, code);
        break;
      default:
        this.#wait(retryAfterMs ?? this.#backoff.next(), why, code);
    }
  }

  /** Ends for good: only the app can connect again. */
  #end(code, reason) {
    this.#leave();
    this.#setStatus({ phase: 'closed', code, reason });
    this.#connection?.close();
    this.#outbox.abandon(new ConnectionClosed(code, reason));
  }

  #leave() {
    this.#wanted = false;
    this.#turn += 1;
    globalThis.removeEventListener?.('online', this.#online);
    this.#cancelWait();
  }

  #wait(ms, reason, code) {
    this.#cancelWait();
    this.#setStatus({ phase: 'waiting', reason, code, retryAt: this.#clock.now() + ms });
    this.#timer = this.#clock.setTimeout(() => this.#hurry(), ms);
  }

  /** Opens now instead of later. */
  #hurry() {
    if (this.#timer === null) return;
    this.#cancelWait();
    this.#open();
  }

  #cancelWait() {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #renewToken() {
    const connection = this.#connection;
    try {
      connection?.send({ type: 'token', token: await this.#options.token({ refused: false }) });
    } catch (error) {
      this.#tell('onError', error);
    }
  }

  #setStatus(status) {
    this.#status = status;
    this.#tell('onStatus', status);
  }

  /** An app's mistake in a callback is the app's to see, and does not stop the client. */
  #tell(callback, ...values) {
    try {
      if (callback === 'onError' && !this.#options.onError) console.error('heddle.js', ...values);
      this.#options[callback]?.(...values);
    } catch (error) {
      if (callback === 'onError') throw error;
      this.#tell('onError', error);
    }
  }
}
