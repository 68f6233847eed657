/** A client that Heddle did not write gets hello first, starts `echo`, and gets that run and nothing else. */
import { Peer, check, checkWholeRun, inputOf, program, same, someone, textOf, tokenFor } from './lib.mjs';

const SAID = 'Weft over warp, one thread at a time: für alle, 織る, 🧵.';

await program({ user: someone('echo') }, async ({ url, user }) => {
  const token = await tokenFor(url, user);
  const peer = await Peer.open(url, { token });
  checkHello(peer.hello, user);

  peer.start({ id: 'one', agentId: 'echo', threadId: 'thread', input: inputOf(SAID) });
  const accepted = await peer.untilFrame('accepted');
  same(accepted.id, 'one', 'the accepted command');
  check(typeof accepted.runId === 'string', 'accepted names no run');
  await peer.untilEvent('RUN_FINISHED');
  await peer.roundTrip();

  checkWholeRun(peer.items, accepted.runId, 'live');
  same(textOf(peer.items).trim(), SAID, 'the echo');
  for (const item of peer.items) {
    same([item.threadId, item.agentId], ['thread', 'echo'], 'thread and agent');
    check(Number.isSafeInteger(item.event.timestamp), 'an event without timestamp');
  }

  peer.start({ id: 'one', agentId: 'echo', threadId: 'thread', input: inputOf(SAID) });
  const again = await peer.until(() => peer.frames.filter((frame) => frame.type === 'accepted')[1], 'the second accepted');
  same(again.runId, accepted.runId, 'the run of a command that was sent again');

  const browser = await Peer.open(url, { protocols: ['heddle.v1', `bearer.${token}`], query: { from: 'earliest' } });
  await browser.untilFrame('caughtUp');
  same(browser.items, peer.items, 'all of it from the earliest');
  return `${peer.items.length} events`;
});

function checkHello(hello, user) {
  same([hello.protocol, hello.user, hello.resume], ['heddle.v1', user, 'fresh'], 'hello');
  check(typeof hello.cursor === 'string' && hello.cursor.length <= 256, 'hello has no cursor');
  for (const field of ['partition', 'heartbeatSeconds', 'maxFrameBytes']) {
    check(Number.isInteger(hello[field]), `hello has no ${field}`);
  }
}
