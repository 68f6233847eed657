import { parseFrame } from './protocol.js';

/** Why the client itself gave a connection up; `code` is what the network told, if anything. */
export const Ended = Object.freeze({
  BY_SERVER: 'server',
  BY_APP: 'app',
  SILENT: 'silent',
  TIMEOUT: 'timeout',
  BROKEN: 'broken',
});

const CLOSED_BY_CLIENT = 1000;
const NO_CODE = 1006;

/**
 * One WebSocket from opening to closed. Its owner is told `hello` at most once, then each frame, and `closed` exactly
 * once, after which nothing comes any more. `closed` is told when the socket has really closed, or `closeMs` after it was asked
 * to if the network has swallowed the closing handshake: so an owner that opens the next one on `closed` never has two.
 *
 * handlers: `{hello(frame), frame(frame), closed({ended, code, reason, retryAfterMs})}`
 */
export class Connection {
  #socket;
  #clock;
  #limits;
  #handlers;
  #timer = null;
  #ended = null;
  #told = false;
  #hello = null;
  #goodbye = null;
  #heardAt = 0;
  #pinged = false;

  /**
   * @param {() => WebSocket} open makes the socket
   * @param {{now, setTimeout, clearTimeout}} clock
   * @param {{helloMs: number, closeMs: number}} limits
   */
  constructor(open, clock, limits, handlers) {
    this.#clock = clock;
    this.#limits = limits;
    this.#handlers = handlers;
    this.#socket = open();
    this.#socket.onerror = () => {};
    this.#socket.onmessage = (message) => this.#received(message.data);
    this.#socket.onclose = (event) => this.#closed(event.code ?? NO_CODE, event.reason ?? '');
    this.#arm(limits.helloMs, () => this.#giveUp(Ended.TIMEOUT));
  }

  /** Sends one frame, if the socket is open; whether it arrived is only known from an answer. */
  send(frame) {
    if (this.#ended === null && this.#hello !== null && this.#socket.readyState === 1) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** Closes for the app. */
  close() {
    this.#giveUp(Ended.BY_APP);
  }

  #received(data) {
    if (this.#ended !== null) return;
    this.#heardAt = this.#clock.now();
    this.#pinged = false;
    const frame = parseFrame(data);
    const first = this.#hello === null;
    if (frame === null || first !== (frame.type === 'hello')) {
      this.#giveUp(Ended.BROKEN);
    } else if (first) {
      this.#hello = frame;
      this.#watch();
      this.#handlers.hello(frame);
    } else {
      if (frame.type === 'goodbye') this.#goodbye = frame;
      this.#handlers.frame(frame);
    }
  }

  /** A browser cannot see WebSocket pings: after a heartbeat of silence ask, after half a one more give up. */
  #watch() {
    const heartbeatMs = Math.max(1, this.#hello.heartbeatSeconds ?? 25) * 1000;
    const check = () => {
      const silentMs = this.#clock.now() - this.#heardAt;
      if (silentMs >= heartbeatMs * 1.5 && this.#pinged) {
        this.#giveUp(Ended.SILENT);
        return;
      }
      if (silentMs >= heartbeatMs && !this.#pinged) {
        this.#pinged = true;
        this.send({ type: 'ping' });
      }
      const due = this.#heardAt + heartbeatMs * (this.#pinged ? 1.5 : 1) - this.#clock.now();
      this.#arm(Math.max(due, heartbeatMs / 20), check);
    };
    this.#arm(heartbeatMs, check);
  }

  #giveUp(ended) {
    if (this.#ended !== null || this.#told) return;
    this.#ended = ended;
    this.#arm(this.#limits.closeMs, () => {
      this.#socket.terminate?.();
      this.#closed(NO_CODE, '');
    });
    this.#socket.close(CLOSED_BY_CLIENT);
  }

  #closed(code, reason) {
    if (this.#told) return;
    this.#told = true;
    this.#clock.clearTimeout(this.#timer);
    this.#socket.onmessage = null;
    this.#handlers.closed({
      ended: this.#ended ?? Ended.BY_SERVER,
      code,
      reason: reason || (this.#goodbye?.reason ?? ''),
      retryAfterMs: this.#goodbye?.retryAfterMs,
    });
  }

  #arm(ms, action) {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(action, ms);
  }
}
