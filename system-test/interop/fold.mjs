/**
 * Folds threads with AG-UI's own client: `node fold.mjs IN OUT`. IN is a JSON array of threads, each an array of runs, each an
 * array of events; OUT gets an array with `{messages, state}` of each. Ends with 1 if the client refuses an event.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { AbstractAgent } from '@ag-ui/client';
import { from } from 'rxjs';

class Recorded extends AbstractAgent {
  next = [];

  run() {
    return from(this.next);
  }
}

console.warn = () => {};

const [, , given, taken] = process.argv;
const folds = [];
for (const [index, runs] of JSON.parse(readFileSync(given, 'utf8')).entries()) {
  const agent = new Recorded({ threadId: 't' });
  for (const events of runs) {
    agent.next = events;
    try {
      await agent.runAgent({ runId: events[0].runId });
    } catch (error) {
      console.error(`thread ${index}: ${error.message}`);
      process.exit(1);
    }
  }
  folds.push({ messages: agent.messages, state: agent.state });
}
writeFileSync(taken, JSON.stringify(folds));
