/** What a client promises; the simulation convicts by these names. */
export const Promises = Object.freeze({
  PAIR: 'a state is what the log holds up to its cursor, in order, once',
  NOT_AHEAD: 'no cursor lies beyond what the app has done',
  ONE_SOCKET: 'one socket at a time',
  COMMANDS: 'every command is run once and has one outcome',
  RENEWALS: 'seconds lie between two renewals of a token',
  COMES_BACK: 'only the app and final codes end a client, and everything comes in the end',
  CALM: 'connections that do not last come less and less often',
  STORE: 'what is stored is used, and what cannot be read is not taken for nothing',
});

export class Violation extends Error {
  constructor(promise, detail) {
    super(`${promise}: ${detail}`);
    this.promise = promise;
  }
}

export function check(condition, promise, detail) {
  if (!condition) throw new Violation(promise, typeof detail === 'function' ? detail() : detail);
}
