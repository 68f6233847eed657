/**
 * Many users at once, each with the same thread, run and command ids as all the others: every socket sees its own
 * user's events and no other's. The payload carries its owner.
 */
import { Peer, check, checkWholeRun, inputOf, program, same, someone, textOf, tokenFor } from './lib.mjs';

const WORDS = 12;
const OPENING_AT_ONCE = 20;

await program({ users: '200' }, async ({ url, users }) => {
  const prefix = someone('isolated');
  const names = Array.from({ length: Number(users) }, (_, index) => `${prefix}-${index}`);
  const peers = await inBatches(names, async (user) => {
    const peer = await Peer.open(url, { token: await tokenFor(url, user), query: { snapshot: 'false' } });
    same(peer.hello.user, user, 'the user of hello');
    return peer;
  });

  names.forEach((user, index) => {
    const input = inputOf(`${user} `.repeat(WORDS).trim());
    peers[index].start({ id: 'same-id', agentId: 'echo', threadId: 'same-thread', runId: 'same-run', input });
  });
  await Promise.all(peers.map((peer) => peer.untilEvent('RUN_FINISHED')));
  await Promise.all(peers.map((peer) => peer.roundTrip()));
  names.forEach((user, index) => checkOwn(peers[index], user, prefix));

  await inBatches(names, async (user, index) => {
    const again = await Peer.open(url, { token: await tokenFor(url, user), query: { from: 'earliest' } });
    await again.untilFrame('caughtUp');
    same(again.items, peers[index].items, `${user}, once more from the earliest`);
    again.close();
  });

  const [thief, victim] = peers;
  const stolen = await Peer.open(url, { token: await tokenFor(url, names[0]), query: { cursor: victim.hello.cursor } });
  same([stolen.hello.resume, stolen.hello.reason], ['reset', 'foreign'], "another user's cursor");
  await stolen.untilFrame('caughtUp');
  check(stolen.items.every((item) => thief.items.some((own) => own.eventId === item.eventId)), "another user's cursor gave events");
  return `${names.length} users, ${peers.reduce((sum, peer) => sum + peer.items.length, 0)} events`;
});

function checkOwn(peer, user, prefix) {
  checkWholeRun(peer.items, 'same-run', user);
  same(textOf(peer.items).trim(), `${user} `.repeat(WORDS).trim(), `the text of ${user}`);
  const owners = new Set(JSON.stringify(peer.frames).match(new RegExp(`${prefix}-\\d+`, 'g')));
  same([...owners], [user], `the users named in what ${user} got`);
}

async function inBatches(values, action) {
  const results = [];
  for (let from = 0; from < values.length; from += OPENING_AT_ONCE) {
    const batch = values.slice(from, from + OPENING_AT_ONCE);
    results.push(...(await Promise.all(batch.map((value, index) => action(value, from + index)))));
  }
  return results;
}
