import { numberWithin, parseFrame } from './frames.js';

/** Why a connection ended; where the server did not end it, the code is only what the network made of it. */
export const Ended = Object.freeze({
  BY_SERVER: 'server',
  BY_APP: 'app',
  CUT: 'cut',
  SILENT: 'silent',
  TIMEOUT: 'timeout',
  BROKEN: 'broken',
  APP_TOO_SLOW: 'the app is too slow',
});

const CLOSED_BY_CLIENT = 1000;
const NO_CODE = 1006;
const GOODBYE = 4001;
const HEARTBEAT_SECONDS = 25;

/** Codes that say nothing of the edge's reason: after a goodbye the goodbye counts. */
const LOWEST_CODE_OF_AN_EDGE = 4000;

const OPEN = 1;

/**
 * One WebSocket from opening to closed. Its owner is told `hello` at most once, then each frame, and `closed` exactly
 * once, after which nothing comes any more. `closed` is told when the socket has really closed, or `closeMs` after it was asked
 * to if the network has swallowed the closing handshake: so an owner that opens the next one on `closed` never has two.
 *
 * Every state has a deadline: connecting and the wait for hello (`helloMs`), silence (one and a half heartbeats), an error or a goodbye
 * that no close follows, and the closing handshake (`closeMs`).
 *
 * handlers: `{hello(frame), frame(frame, characters), closed({ended, code, reason, retryAfterMs})}`
 */
export class Connection {
  #socket;
  #clock;
  #limits;
  #handlers;
  #timer = null;
  #ended = null;
  #failed = false;
  #told = false;
  #hello = null;
  #goodbye = null;
  #heartbeatMs = 0;
  #heardAt = 0;
  #asked = false;

  /**
   * @param {() => WebSocket & {terminate?(): void}} open makes the socket
   * @param {import('./clock.js').Clock} clock
   * @param {{helloMs: number, closeMs: number, probeMs: number}} limits
   */
  constructor(open, clock, limits, handlers) {
    this.#clock = clock;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#socket = open();
    this.#socket.onerror = () => this.#broke();
    this.#socket.onmessage = (message) => this.#received(message.data);
    this.#socket.onclose = (event) => this.#closed(event?.code ?? NO_CODE, event?.reason ?? '');
    this.#arm(limits.helloMs, () => this.#giveUp(Ended.TIMEOUT));
  }

  /** Sends one frame, if the socket is open; true if it was handed over. Whether it arrived is only known from an answer. */
  send(frame) {
    if (this.#ended !== null || this.#failed || this.#hello === null || this.#socket.readyState !== OPEN) return false;
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    return true;
  }

  /** Closes, for the app or for what `ended` says. */
  close(ended = Ended.BY_APP) {
    this.#giveUp(ended);
  }

  /** The device has slept, or its network is another one: asks at once whether the server is still there, with a short deadline. */
  probe() {
    if (this.#hello !== null && this.#ended === null && !this.#failed && this.#goodbye === null) this.#ask(this.#limits.probeMs);
  }

  #received(data) {
    if (this.#told || this.#ended !== null || this.#failed) return;
    const frame = parseFrame(data);
    const first = this.#hello === null;
    if (frame === null || first !== (frame.type === 'hello')) {
      this.#giveUp(Ended.BROKEN);
      return;
    }
    this.#heardAt = this.#clock.elapsed();
    if (first) {
      this.#hello = frame;
      this.#heartbeatMs = numberWithin(frame.heartbeatSeconds, 1, Infinity, HEARTBEAT_SECONDS) * 1000;
      this.#watch();
      this.#handlers.hello(frame);
      return;
    }
    if (frame.type === 'goodbye') this.#leave(frame);
    else if (this.#asked) this.#watch();
    this.#handlers.frame(frame, data.length);
  }

  /** A browser cannot see WebSocket pings: after a heartbeat of silence ask, after half a one more give up. */
  #watch() {
    this.#asked = false;
    const silentMs = Math.max(0, this.#clock.elapsed() - this.#heardAt);
    if (silentMs >= this.#heartbeatMs) this.#ask(this.#heartbeatMs / 2);
    else this.#arm(this.#heartbeatMs - silentMs, () => this.#watch());
  }

  #ask(deadlineMs) {
    this.#asked = true;
    this.send({ type: 'ping' });
    this.#arm(Math.min(deadlineMs, this.#heartbeatMs / 2), () => this.#giveUp(Ended.SILENT));
  }

  /** The server has said goodbye: its close follows, or is not waited for. */
  #leave(goodbye) {
    this.#goodbye = goodbye;
    this.#arm(this.#limits.closeMs, () => this.#giveUp(Ended.BY_SERVER));
  }

  /** The socket has reported an error: by the standard its close follows at once; where it does not, it is given up. */
  #broke() {
    if (this.#ended !== null || this.#failed || this.#told) return;
    this.#failed = true;
    this.#arm(this.#limits.closeMs, () => this.#giveUp(Ended.BY_SERVER));
  }

  #giveUp(ended) {
    if (this.#ended !== null || this.#told) return;
    this.#ended = ended;
    this.#arm(this.#limits.closeMs, () => {
      this.#socket.terminate?.();
      this.#closed(NO_CODE, '');
    });
    try {
      this.#socket.close(CLOSED_BY_CLIENT);
    } catch {
      // a socket that cannot even be closed is given up when the deadline is over
    }
  }

  #closed(code, reason) {
    if (this.#told) return;
    this.#told = true;
    this.#clock.cancel(this.#timer);
    this.#socket.onmessage = null;
    const cut = code < LOWEST_CODE_OF_AN_EDGE;
    this.#handlers.closed({
      ended: this.#ended ?? Ended.BY_SERVER,
      code: cut && this.#goodbye !== null ? GOODBYE : code,
      reason: reason || (this.#goodbye?.reason ?? ''),
      retryAfterMs: this.#goodbye?.retryAfterMs,
    });
  }

  #arm(ms, action) {
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.after(ms, action);
  }
}
