import { AgentList } from './agent-list.js';
import { AppCallbacks } from './app-callbacks.js';
import { Applier } from './applier.js';
import { Clock } from './clock.js';
import { Connection, Ended } from './connection.js';
import { numberWithin } from './frames.js';
import { checked } from './options.js';
import { ConnectionClosed, Outbox } from './outbox.js';
import { PageSignals } from './page-signals.js';
import { partitionHint } from './partition.js';
import { Progress } from './progress.js';
import { SUBPROTOCOL, filterKey, streamUrl } from './protocol.js';
import { Reconnect } from './reconnect.js';
import { RetryTimer } from './retry-timer.js';
import { TokenRenewal } from './token-renewal.js';
import { Tokens } from './tokens.js';

/** Frames that wait for an app that is slow to answer: beyond it the connection ends, and what it brought comes again. */
const MOST_CHARACTERS_WAITING = 16 * 1024 * 1024;

const MOST_COMMAND_BYTES = 16 * 1024 * 1024;
const ANSWER_MS = 90_000;

/** The most commands of one connection that may wait for the edge's answer. */
const COMMANDS_IN_FLIGHT = 16;

/**
 * A user's events, and the way to give commands. Only `disconnect` and the close codes that forbid to come back end it; whatever else
 * happens to a connection, it makes another one, never two at a time.
 */
export class HeddleClient {
  #options;
  #clock;
  #tokens;
  #reconnect;
  #outbox;
  #progress;
  #renewal;
  #applier;
  #app;
  #retry;
  #agents = new AgentList();
  #signals = new PageSignals(() => this.#deviceIsBack());
  #wanted = false;
  #connection = null;
  #turn = 0;
  #attempt = null;
  #loads = 0;
  #hinted = false;
  #beginAgain = false;
  #liveSince = Infinity;
  #hello = null;
  /** @type {import('./options.js').Status} */
  #status = { phase: 'idle' };
  #storeError = null;

  /** @param {import('./options.js').Options} options */
  constructor(options) {
    this.#options = checked(options);
    const { clock, random, token, tokenMs, backoff, view, store, partition, saveEveryMs, storeMs, maxPendingCommands } = this.#options;
    this.#clock = new Clock(clock);
    this.#app = new AppCallbacks(this.#options);
    this.#retry = new RetryTimer(this.#clock, () => this.#open());
    this.#tokens = new Tokens(this.#clock, token, tokenMs);
    this.#reconnect = new Reconnect({ ...backoff, random });
    this.#outbox = new Outbox(this.#clock, random, {
      commands: maxPendingCommands,
      bytes: MOST_COMMAND_BYTES,
      inFlight: COMMANDS_IN_FLIGHT,
      answerMs: ANSWER_MS,
    });
    this.#progress = new Progress(
      { view, store, partition, filter: filterKey(this.#options) },
      this.#clock,
      { everyMs: saveEveryMs, storeMs, random },
      {
        changed: () => this.#tell('onState', this.state, this.cursor),
        discarded: (error) => this.#tell('onError', error),
        saving: (error) => this.#saving(error),
      },
    );
    this.#renewal = new TokenRenewal(this.#clock, random, this.#tokens, {
      send: (fresh) => this.#connection?.send({ type: 'token', token: fresh }),
      failed: (error) => this.#tell('onError', error),
    });
    this.#applier = new Applier(this.#options, this.#clock, this.#progress, {
      tell: (callback, ...values) => this.#tell(callback, ...values),
      failed: (error) => this.#cannotApply(error),
      beginAgain: () => this.#dropAndBeginAgain(),
      caughtUp: () => this.#caughtUp(),
    });
  }

  get state() {
    return this.#progress.state;
  }

  /** The cursor that belongs to `state`, or null before the first `hello`. */
  get cursor() {
    return this.#progress.cursor;
  }

  /** @returns {import('./options.js').Status} */
  get status() {
    return this.#status;
  }

  /** The last `hello`, or null. */
  get hello() {
    return this.#hello;
  }

  /** The agents on offer, as far as they were told (option `agents`). */
  get agents() {
    return this.#agents.all;
  }

  /**
   * Goes online and stays so until `disconnect` or a close that forbids to come back. Resolves when the first try has got as far as a socket, or has failed and
   * waits: `status` tells. Calling it again changes nothing, but after the client has ended.
   */
  async connect() {
    if (!this.#wanted) {
      this.#wanted = true;
      this.#reconnect.asked();
      this.#signals.listen();
      if (this.#connection !== null) this.#setStatus({ phase: 'connecting', attempt: this.#reconnect.failures });
    }
    if (this.#connection === null && !this.#retry.isRunning) await (this.#attempt ?? this.#open());
  }

  /** Goes offline and stays there; state, cursor and unanswered commands are kept for the next `connect`. */
  async disconnect() {
    this.#leave();
    if (this.#connection === null) this.#setStatus({ phase: 'idle' });
    else this.#connection.close();
    await this.#progress.rest();
  }

  /** Drops the connection as a bad network would, and comes back the usual way. For trying things out. */
  cut() {
    this.#connection?.close(Ended.CUT);
  }

  /** Saves what there is now: for `pagehide`. */
  flush() {
    return this.#progress.flush();
  }

  /** Starts a run; resolves with `{id, runId}` when it is in the log. */
  start({ agentId, threadId, runId, input, id }) {
    return this.#command({ id, command: 'run.start', agentId, threadId, runId, input });
  }

  /** Answers the interrupts of a run. */
  resume({ threadId, runId, resume, id }) {
    return this.#command({ id, command: 'run.resume', threadId, runId, resume });
  }

  cancel({ threadId, runId, id }) {
    return this.#command({ id, command: 'run.cancel', threadId, runId });
  }

  #command(command) {
    const { phase, code, reason } = this.#status;
    if (phase === 'closed') return Promise.reject(new ConnectionClosed(code, reason));
    return this.#outbox.add(command);
  }

  // ---- from nothing to a socket

  #open() {
    const turn = ++this.#turn;
    const attempt = Promise.resolve()
      .then(() => this.#reach(turn))
      .finally(() => {
        if (this.#attempt === attempt) this.#attempt = null;
      });
    this.#attempt = attempt;
    return attempt;
  }

  /** Each step has a deadline and may fail; a step that was overtaken by `disconnect` changes nothing any more. */
  async #reach(turn) {
    const overtaken = () => turn !== this.#turn;
    if (overtaken()) return;
    this.#setStatus({ phase: 'connecting', attempt: this.#reconnect.failures });
    let failing = 'the store cannot be read';
    try {
      await this.#applier.idle();
      if (overtaken()) return;
      await this.#load();
      if (overtaken()) return;
      failing = 'no token';
      const token = await this.#tokens.next({ refused: this.#reconnect.refused });
      if (overtaken()) return;
      await this.#askHint(token);
      if (overtaken() || this.#connection !== null) return;
      failing = 'no socket';
      this.#connection = this.#dial(token);
    } catch (error) {
      if (overtaken()) return;
      this.#tell('onError', error);
      if (!overtaken()) this.#wait({ waitMs: this.#reconnect.delay(), hurry: true, reason: failing, error });
    }
  }

  async #load() {
    const { store, storeTries } = this.#options;
    try {
      await this.#progress.load();
      if (store.isPersistent === false && this.#storeError === null) this.#saving(new Error('this browser does not let the page store anything'));
    } catch (error) {
      this.#loads += 1;
      if (this.#loads < storeTries) throw error;
      this.#progress.goWithoutStore();
      this.#saving(error);
    }
  }

  /** Once in a client's life, and only if neither the app nor the store knows it. */
  async #askHint(token) {
    if (this.#hinted || this.#progress.partition !== undefined) return;
    this.#hinted = true;
    const { url, partitions, fetch, hintMs } = this.#options;
    const abort = new AbortController();
    try {
      const hint = () => partitionHint({ url, token, partitions, fetch, signal: abort.signal });
      this.#progress.learn(await this.#clock.within(hintMs, 'the partition hint', hint));
    } catch {
      abort.abort(); // it is only a hint
    }
  }

  #dial(token) {
    const { url, WebSocket, helloMs, closeMs, probeMs } = this.#options;
    const address = streamUrl(url, this.#query());
    return new Connection(
      () => new WebSocket(address, [SUBPROTOCOL, `bearer.${token}`]),
      this.#clock,
      { helloMs, closeMs, probeMs },
      {
        hello: (frame) => this.#greeted(frame),
        frame: (frame, characters) => this.#received(frame, characters),
        closed: (end) => this.#closed({ ...end, token }),
      },
    );
  }

  #query() {
    const { from, thread, types, fold, snapshot, agents } = this.#options;
    const begin = this.cursor === null ? { from } : { cursor: this.cursor };
    return { ...begin, thread, types, fold, snapshot, agents, p: this.#progress.partition };
  }

  // ---- a connection's frames

  #greeted(hello) {
    const connection = this.#connection;
    this.#hello = hello;
    this.#progress.learn(hello.partition);
    try {
      this.#beginAgain = this.#applier.greet(hello);
    } catch (error) {
      this.#cannotApply(error);
      return;
    }
    this.#setStatus({ phase: 'open', session: hello.session });
    this.#tell('onResume', { outcome: hello.resume, reason: hello.reason, lost: hello.lost });
    if (this.#beginAgain) connection.close();
    if (this.#beginAgain || !this.#wanted) return;
    this.#renewal.arm(hello.tokenExpiresAt);
    this.#outbox.attach((frame) => connection.send(frame), numberWithin(hello.maxFrameBytes, 1, Infinity, Infinity));
  }

  /** The stored state was given up: what comes on this connection is not for the one that takes its place. */
  #dropAndBeginAgain() {
    this.#beginAgain = true;
    this.#applier.clear();
    this.#connection?.close();
  }

  #received(frame, characters) {
    switch (frame.type) {
      case 'events':
      case 'snapshot':
      case 'caughtUp':
        this.#applier.push(frame, characters);
        if (this.#applier.waiting > MOST_CHARACTERS_WAITING) this.#connection?.close(Ended.APP_TOO_SLOW);
        break;
      case 'accepted':
        this.#outbox.accepted(frame);
        break;
      case 'rejected':
        this.#outbox.rejected(frame);
        break;
      case 'token':
        this.#renewal.arm(frame.expiresAt);
        break;
      case 'agents':
        this.#tell('onAgents', frame, this.#agents.take(frame));
        break;
      case 'status':
        this.#tell('onUpstream', frame.upstream);
        break;
      default:
        break;
    }
  }

  #caughtUp() {
    if (this.#connection === null || this.#status.phase !== 'open') return;
    this.#liveSince = this.#clock.elapsed();
    this.#setStatus({ phase: 'live', session: this.#hello.session });
  }

  #cannotApply(error) {
    this.#end({ reason: 'the app could not apply a frame', error });
    this.#tell('onError', error);
  }

  // ---- the end of a connection

  #closed(end) {
    this.#connection = null;
    this.#renewal.disarm();
    this.#outbox.detach();
    this.#applier.clear();
    const lasted = this.#clock.elapsed() - this.#liveSince >= this.#options.steadyMs;
    this.#liveSince = Infinity;
    if (lasted) this.#reconnect.lasted();
    const beginAgain = this.#beginAgain;
    this.#beginAgain = false;
    if (!this.#wanted) {
      if (this.#status.phase !== 'closed') this.#setStatus({ phase: 'idle' });
      return;
    }
    if (beginAgain) {
      this.#wait({ waitMs: 0, hurry: true, reason: 'begin again' });
      return;
    }
    const next = this.#reconnect.after(end);
    if (next.final) this.#end({ code: next.code, reason: next.reason });
    else this.#wait(next);
  }

  /**
   * Ends for good: only the app can connect again.
   *
   * @param {{code?: number, reason: string, error?: Error}} why
   */
  #end(why) {
    this.#leave();
    this.#applier.clear();
    this.#setStatus({ phase: 'closed', ...why });
    this.#connection?.close();
    this.#outbox.abandon(new ConnectionClosed(why.code, why.reason));
  }

  #leave() {
    this.#wanted = false;
    this.#turn += 1;
    this.#attempt = null;
    this.#signals.ignore();
    this.#retry.stop();
  }

  /** @param {{waitMs: number, hurry: boolean, reason: string, code?: number, error?: Error}} next */
  #wait({ waitMs, hurry, reason, code, error }) {
    this.#retry.start(waitMs, { hurry });
    this.#setStatus({ phase: 'waiting', reason, code, error, attempt: this.#reconnect.failures, retryAt: this.#clock.wall() + waitMs });
  }

  /** Tries now what would have waited, or asks an open connection whether it still is one. */
  #deviceIsBack() {
    this.#connection?.probe();
    this.#retry.hurry();
  }

  // ---- what the app is told

  #saving(error) {
    this.#storeError = error;
    if (error !== null) this.#tell('onError', error);
    this.#setStatus(this.#status);
  }

  /** @param {import('./options.js').Status} status */
  #setStatus(status) {
    const known = { ...status, storeError: this.#storeError ?? undefined };
    this.#status = /** @type {any} */ (Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)));
    this.#tell('onStatus', this.#status);
  }

  #tell(callback, ...values) {
    this.#app.tell(callback, ...values);
  }
}
