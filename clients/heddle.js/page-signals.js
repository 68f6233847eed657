/**
 * The browser's signals that a device is back: the network is there, or the page is visible, restored from the back/forward cache, or thawed.
 * None of it is to be trusted (`online` lies), so it only ever brings a try forward. In Node there is nothing to listen to.
 */
export class PageSignals {
  #back;
  #listening = false;
  #heard = (event) => {
    if (event?.type === 'visibilitychange' && globalThis.document?.visibilityState === 'hidden') return;
    this.#back();
  };

  /** @param {() => void} back the device may be back */
  constructor(back) {
    this.#back = back;
  }

  listen() {
    if (this.#listening) return;
    this.#listening = true;
    this.#each((target, type) => target.addEventListener(type, this.#heard));
  }

  ignore() {
    this.#listening = false;
    this.#each((target, type) => target.removeEventListener(type, this.#heard));
  }

  #each(action) {
    const page = globalThis.document;
    if (typeof globalThis.addEventListener === 'function') for (const type of ['online', 'pageshow']) action(globalThis, type);
    if (typeof page?.addEventListener === 'function') for (const type of ['visibilitychange', 'resume']) action(page, type);
  }
}
