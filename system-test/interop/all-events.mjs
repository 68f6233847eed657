/**
 * Events that were published arrive as JSON that equals what went in, are accepted by AG-UI's own schema, and are in
 * an order that AG-UI's own client accepts. `--expected` has one event a line, in order, as they have to arrive; a line without
 * `timestamp` gets one from the publisher.
 */
import { isDeepStrictEqual } from 'node:util';
import { readFileSync } from 'node:fs';
import { verifyEvents } from '@ag-ui/client';
import { EventType } from '@ag-ui/core';
import { EventSchema } from '@ag-ui/core/schemas';
import { from, lastValueFrom } from 'rxjs';
import { Peer, check, program, same, tokenFor } from './lib.mjs';

await program({ user: undefined, expected: undefined }, async ({ url, user, expected }) => {
  const events = readFileSync(expected, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const peer = await Peer.open(url, { token: await tokenFor(url, user), query: { from: 'earliest' } });
  await peer.untilFrame('caughtUp');
  same(peer.items.map((item) => item.event.type), events.map((event) => event.type), 'types in order');
  peer.items.forEach((item, index) => checkOne(item.event, events[index], index));
  await checkOrder(peer.items.map((item) => item.event));
  const types = new Set(peer.items.map((item) => item.event.type));
  return `${peer.items.length} events of ${types.size} types`;
});

function checkOne(event, expected, index) {
  const where = `event ${index}, ${event.type}`;
  check(Number.isSafeInteger(event.timestamp), `${where}: timestamp is ${event.timestamp}`);
  const comparable = 'timestamp' in expected ? event : { ...event, timestamp: undefined };
  const wanted = 'timestamp' in expected ? expected : { ...expected, timestamp: undefined };
  check(isDeepStrictEqual(comparable, wanted), () => `${where}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(event)}`);
  if (!(event.type in EventType)) return;
  const verdict = EventSchema.safeParse(event);
  check(verdict.success, () => `${where}: @ag-ui/core refuses it: ${verdict.error.message}`);
}

/** The published client's own order check, over all runs one after the other. */
async function checkOrder(events) {
  try {
    await lastValueFrom(from(events.filter((event) => event.type in EventType)).pipe(verifyEvents(false)));
  } catch (error) {
    check(false, `verifyEvents of @ag-ui/client: ${error.message}`);
  }
}
