import { runView } from './heddle.js/heddle.js';

/** Events that the list keeps; the runs above it are folded from all of them. */
export const LOG_SIZE = 600;
const MAX_RUNS = 60;

/** The console's state: the runs, the newest raw items, and how many there were. One value, stored with its cursor. */
export function consoleView() {
  const runs = runView({ maxRuns: MAX_RUNS });
  return {
    version: `console 1, runs ${runs.version}`,
    initial: () => ({ ...runs.initial(), log: [], received: 0 }),
    events: (state, items) => ({
      ...runs.events(state, items),
      log: [...state.log, ...items].slice(-LOG_SIZE),
      received: state.received + items.length,
    }),
    snapshot: (state, frame) => runs.snapshot(state, frame),
  };
}
