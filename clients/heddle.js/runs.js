import { RunDraft, newRun } from './run-draft.js';
import { withMillis } from './snapshot.js';

const STATUS_RUNNING = 'running';

/** The shape of the state below; another number whenever it changes. 2: instants are milliseconds, also those that a snapshot told. */
const VERSION = 2;

/**
 * The view of a user's runs for display: `{runs: Map(runId -> run), notices}`. Structured-clonable, never changed in
 * place: a run that a frame did not touch is the same object afterwards, so a page redraws only what changed.
 *
 * A run is `{runId, threadId, agentId, attempt, status, startedAt, updatedAt, runSeq, gaps, repeats, partial, input, entries, steps, state, result,
 * error, interrupts}`; its entries are messages, tool calls, reasoning, activities, subagents and others in the order in which they began. It takes what comes:
 * an event that makes no sense is shown as it is, and never stops the others.
 *
 * `gaps` and `repeats` count what `runSeq` says was missed or came again. They are for showing that nothing was; nothing is hidden by them.
 *
 * @param {{maxRuns?: number, maxNotices?: number}} bounds the oldest runs that have ended are dropped beyond `maxRuns` (200)
 */
export function runView({ maxRuns = 200, maxNotices = 50 } = {}) {
  return {
    version: VERSION,
    initial: () => ({ runs: new Map(), notices: [] }),

    events(state, items) {
      const runs = new Map(state.runs);
      const drafts = new Map();
      let notices = state.notices;
      for (const item of items) {
        if (item.runId === undefined) {
          notices = [...notices, item].slice(-maxNotices);
          continue;
        }
        let draft = drafts.get(item.runId);
        if (draft === undefined) {
          draft = new RunDraft(runs.get(item.runId) ?? newRun(item, inheritedState(runs, item.threadId)));
          drafts.set(item.runId, draft);
        }
        draft.apply(item);
        runs.set(item.runId, draft.run);
      }
      return { runs: bounded(runs, maxRuns), notices };
    },

    snapshot(state, frame) {
      const runs = new Map(state.runs);
      for (const known of withMillis(frame).runs.reverse()) {
        if (!runs.has(known.runId)) runs.set(known.runId, { ...newRun(known, null), ...known, partial: true });
      }
      return { ...state, runs: bounded(runs, maxRuns) };
    },
  };
}

/** State in AG-UI is the thread's: a run goes on with what the one before it left. */
function inheritedState(runs, threadId) {
  let state = null;
  for (const run of runs.values()) {
    if (run.threadId === threadId && run.state !== null) state = run.state;
  }
  return state;
}

function bounded(runs, maxRuns) {
  if (runs.size <= maxRuns) return runs;
  const over = runs.size - maxRuns;
  const ended = [...runs].filter(([, run]) => run.status !== STATUS_RUNNING).slice(0, over);
  for (const [runId] of ended) runs.delete(runId);
  return runs;
}
