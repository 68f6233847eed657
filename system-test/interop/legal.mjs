/**
 * Judges streams of events by AG-UI's own packages: `node legal.mjs IN`. IN is a JSON array of `{version, name, runs}`; `runs` are the
 * streams that one client gets, one after the other. Each event must pass that version's schema, and the client must accept the stream.
 * Ends with 1 and names what is refused.
 */
import { readFileSync } from 'node:fs';
import { EventType } from '@ag-ui/core';
import { EventSchema } from '@ag-ui/core/schemas';
import { EventSchemas } from 'ag-ui-core-0.0.59';
import * as now from '@ag-ui/client';
import * as old from 'ag-ui-client-0.0.59';
import { from } from 'rxjs';

const KNOWN = new Set(Object.values(EventType));

const JUDGES = {
  // A client of 1.0 drops a type that it does not know before it looks at the event.
  '1.0.0': { client: now, parse: (event) => KNOWN.has(event.type) && EventSchema.parse(event) },
  '0.0.59': { client: old, parse: (event) => EventSchemas.parse(event) },
};

console.warn = () => {};
console.error = () => {};

function refuse(what) {
  process.stderr.write(`${what}\n`);
  process.exit(1);
}

let events = 0;
for (const { version, name, runs } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const { client, parse } = JUDGES[version];
  class Recorded extends client.AbstractAgent {
    run() {
      return from(this.next);
    }
  }
  const agent = new Recorded({ threadId: 't' });
  for (const run of runs) {
    for (const event of run) {
      events += 1;
      try {
        parse(event);
      } catch (error) {
        refuse(`${version} ${name}: ${JSON.stringify(event)}: ${error.message}`);
      }
    }
    agent.pendingInterrupts = []; // a run of another client may begin without an answer
    agent.next = run;
    try {
      await agent.runAgent({ runId: run[0].runId });
    } catch (error) {
      refuse(`${version} ${name}: ${error.message}: ${JSON.stringify(run)}`);
    }
  }
}
console.log(`${events} events are legal`);
