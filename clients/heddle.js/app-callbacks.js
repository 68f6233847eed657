import { isPromise } from './frame-queue.js';

/** The app's callbacks that only inform it: a mistake in one is the app's to see, by `onError`, and does not stop the client. */
export class AppCallbacks {
  #callbacks;

  /** @param {import('./options.js').Options} options */
  constructor(options) {
    this.#callbacks = options;
  }

  /** Calls `callback` with the values, if the app has one; an error without `onError` goes to the console. */
  tell(callback, ...values) {
    const failed = (error) => {
      if (callback === 'onError') console.error('heddle.js', error);
      else this.tell('onError', error);
    };
    try {
      if (callback === 'onError' && !this.#callbacks.onError) console.error('heddle.js', ...values);
      const answer = this.#callbacks[callback]?.(...values);
      if (isPromise(answer)) answer.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}
