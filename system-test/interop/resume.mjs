/** The socket is destroyed at random moments of a countdown; with the last cursor every event comes once, in order. */
import { setTimeout as after } from 'node:timers/promises';
import { Peer, checkWholeRun, inputOf, program, randomFrom, same, someone, tokenFor } from './lib.mjs';

const OPTIONS = { user: someone('resume'), cuts: '10', count: '60', intervalMs: '40', seed: String(Date.now() % 1e9) };

await program(OPTIONS, async ({ url, user, cuts, count, intervalMs, seed }) => {
  console.log(`seed ${seed}`);
  const random = randomFrom(Number(seed));
  const token = await tokenFor(url, user);
  const forwardedProps = { count: Number(count), intervalMs: Number(intervalMs) };
  const items = [];
  let peer = await Peer.open(url, { token, query: { snapshot: 'false' } });
  peer.start({ id: 'countdown', agentId: 'countdown', threadId: 't', input: inputOf('count', forwardedProps) });
  const { runId } = await peer.untilFrame('accepted');

  for (let cut = 1; cut <= Number(cuts); cut += 1) {
    const more = Math.floor((random() * 2 * Number(count)) / (Number(cuts) + 2));
    await peer.until(() => peer.items.length >= more || ended([...items, ...peer.items]), `${more} events before cut ${cut}`);
    await after(random() * 2 * Number(intervalMs));
    peer.kill();
    items.push(...peer.items);
    const { cursor } = peer;
    peer = await Peer.open(url, { token, query: { cursor } });
    same(peer.hello.resume, 'resumed', `cut ${cut}`);
    same(peer.hello.lost, undefined, `lost after cut ${cut}`);
    same(peer.hello.cursor, cursor, `the cursor of hello after cut ${cut}`);
  }

  await peer.until(() => ended([...items, ...peer.items]), 'the end of the run');
  await peer.untilFrame('caughtUp');
  items.push(...peer.items);
  checkWholeRun(items, runId, 'the union');
  same(items.filter((item) => item.event.type === 'TEXT_MESSAGE_CONTENT').length, Number(count), 'deltas');
  return `${items.length} events over ${cuts} cuts`;
});

function ended(items) {
  return items.some((item) => item.event.type === 'RUN_FINISHED');
}
