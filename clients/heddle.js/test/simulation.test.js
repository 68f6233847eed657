/** Random lives of the client, and mutants of it: a simulation that convicts none of those would prove nothing. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HeddleClient } from '../heddle.js';
import { Promises } from './promises.js';
import { simulate } from './simulation.js';

const RUNS = Number(process.env.HEDDLE_SIMULATIONS ?? 60);
const FIRST_SEED = Number(process.env.HEDDLE_SEED ?? 1);

/** Every mutant is convicted by one of these seeds. */
const SEEDS_FOR_MUTANTS = 60;

test(`${RUNS} random lives keep every promise`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
    try {
      await simulate(HeddleClient, seed);
    } catch (error) {
      error.message = `HEDDLE_SEED=${seed}: ${error.message}`;
      throw error;
    }
  }
});

const edit = (file, find, replace) => ({ file, find, replace });

const MUTANTS = [
  ['a command that was not answered is not sent again', Promises.COMMANDS, edit('outbox.js', 'this.#ready = [...this.#pending.keys()];', 'this.#ready = [];')],
  [
    'a command is sent again under another id',
    Promises.COMMANDS,
    edit('outbox.js', 'this.#send(entry.text);', "this.#send(entry.sent ? entry.text.replace(entry.id, entry.id + 'x') : entry.text);\n      entry.sent = true;"),
  ],
  ['an answer is taken for a command that has not had it', Promises.COMMANDS, edit('outbox.js', 'this.#settle(frame.id)?.resolve(frame);', 'this.#settle([...this.#pending.keys()].at(-1))?.resolve(frame);')],
  [
    'what was overtaken opens its socket all the same',
    Promises.ONE_SOCKET,
    edit('client.js', 'const overtaken = () => turn !== this.#turn;', 'const overtaken = () => !this.#wanted;'),
    edit('client.js', 'if (overtaken() || this.#connection !== null) return;', 'if (overtaken()) return;'),
  ],
  ['the next socket does not wait for the last one', Promises.ONE_SOCKET, edit('client.js', 'if (this.#connection === null && !this.#retry.isRunning) await', 'if (!this.#retry.isRunning) await'), edit('client.js', 'if (overtaken() || this.#connection !== null) return;', 'if (overtaken()) return;')],
  ['the cursor does not wait for the app', Promises.NOT_AHEAD, edit('applier.js', 'return told === undefined ? keep() : told.then(keep);', 'keep();\n    return told;')],
  [
    'the cursor moves before the app is told',
    Promises.NOT_AHEAD,
    edit('applier.js', 'const told = this.#tellEach(events);', 'keep();\n    const told = this.#tellEach(events);'),
  ],
  ['the state moves and its cursor does not', Promises.PAIR, edit('applier.js', 'this.#progress.keep(next.state, cursor);', 'this.#progress.keep(next.state, events.length === 1 ? this.#progress.cursor : cursor);')],
  ['a reconnect does not wait for the frame that the app is at', Promises.PAIR, edit('client.js', 'await this.#applier.idle();', '')],
  ['what an old connection brought is applied after it', Promises.PAIR, edit('client.js', "    this.#outbox.detach();\n    this.#applier.clear();", '    this.#outbox.detach();'), edit('client.js', 'await this.#applier.idle();', '')],
  ['a reset keeps the state', Promises.PAIR, edit('applier.js', 'reset ? this.#afterReset(hello) : this.#progress.state', 'this.#progress.state')],
  ['beginning again skips the history', Promises.PAIR, edit('applier.js', 'again ? null : hello.cursor', 'hello.cursor')],
  [
    'a clock that is ahead renews without end',
    Promises.RENEWALS,
    edit('token-renewal.js', 'const LEAST_MS = 5_000;', 'const LEAST_MS = 0;'),
    edit('tokens.js', 'return byClock > 0 ? byClock : UNKNOWN_LIFE_MS;', 'return byClock;'),
    edit('tokens.js', 'return clockMayBeRight && !fresh ? byClock : Math.max(0, lifeMs - (this.#clock.elapsed() - at));', 'return byClock;'),
  ],
  ["a proxy's close with 1000 is final", Promises.COMES_BACK, edit('protocol.js', '[1002, Retry.NO],', '[1000, Retry.NO],\n  [1002, Retry.NO],')],
  ['a silent server is waited for', Promises.COMES_BACK, edit('connection.js', "() => this.#giveUp(Ended.SILENT));", '() => {});')],
  ['an error without a close is waited for', Promises.COMES_BACK, edit('connection.js', "    this.#failed = true;\n    this.#arm(this.#limits.closeMs, () => this.#giveUp(Ended.BY_SERVER));", '    this.#failed = true;\n    this.#clock.cancel(this.#timer);')],
  ['token() that never settles is waited for', Promises.COMES_BACK, edit('tokens.js', "await this.#clock.within(this.#limitMs, 'token()', () => this.#fetch({ refused }))", 'await this.#fetch({ refused })')],
  ['delays begin anew with every connection', Promises.CALM, edit('client.js', '>= this.#options.steadyMs;', '> -1 || true;')],
  [
    'a store that cannot be read is taken for an empty one',
    Promises.STORE,
    edit('progress.js', "await this.#clock.within(this.#limits.storeMs, 'load()', () => this.#store.load());", "await this.#clock.within(this.#limits.storeMs, 'load()', () => this.#store.load()).catch(() => null);"),
  ],
];

/** The seed that convicts the mutant, of `promise`; fails if none does, or another promise is named. */
async function convict(directory, promise, edits) {
  const sources = fileURLToPath(new URL('..', import.meta.url));
  for (const name of readdirSync(sources).filter((each) => each.endsWith('.js'))) {
    let text = readFileSync(join(sources, name), 'utf8');
    for (const { file, find, replace } of edits) {
      if (file !== name) continue;
      assert.equal(text.split(find).length, 2, `${file} holds exactly once: ${find}`);
      text = text.replace(find, () => replace);
    }
    writeFileSync(join(directory, name), text);
  }
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  const mutant = await import(pathToFileURL(join(directory, 'heddle.js')).href);
  for (let seed = 1; seed <= SEEDS_FOR_MUTANTS; seed += 1) {
    try {
      await simulate(mutant.HeddleClient, seed);
    } catch (error) {
      assert.equal(error.promise, promise, error.stack);
      return seed;
    }
  }
  return assert.fail(`not convicted by ${SEEDS_FOR_MUTANTS} seeds`);
}

for (const [name, promise, ...edits] of MUTANTS) {
  test(`convicted: ${name}`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'heddle-mutant-'));
    try {
      context.diagnostic(`seed ${await convict(directory, promise, edits)}`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}
