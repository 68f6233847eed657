/** heddle.js itself, in Node, over a network that keeps breaking: its folded view is whole, and its commands are run once. */
import { isDeepStrictEqual } from 'node:util';
import WebSocket from 'ws';
import { HeddleClient, MemoryStore, runView } from '../../clients/heddle.js/heddle.js';
import { Violation, check, inputOf, program, randomFrom, same, someone, tokenFor } from './lib.mjs';

const PATIENCE_MS = 60_000;

await program({ user: someone('heddle-js'), cuts: '6', seed: String(Date.now() % 1e9) }, async ({ url, user, cuts, seed }) => {
  console.log(`seed ${seed}`);
  const random = randomFrom(Number(seed));
  const store = new MemoryStore();
  const outcomes = [];
  const watchers = new Set();
  const settings = {
    url,
    token: () => tokenFor(url, user),
    WebSocket,
    view: runView(),
    from: 'earliest',
    backoff: { baseMs: 50, capMs: 500 },
    onResume: ({ outcome }) => outcomes.push(outcome),
    onState: () => watchers.forEach((watch) => watch()),
    onStatus: () => watchers.forEach((watch) => watch()),
  };
  let client = new HeddleClient({ ...settings, store });
  await client.connect();
  const started = client.start({ agentId: 'countdown', threadId: 't', input: inputOf('count', { count: 40, intervalMs: 50 }) });
  client.cut();
  let runId = null;
  started.then((accepted) => {
    runId = accepted.runId;
    watchers.forEach((watch) => watch());
  });
  await until(watchers, () => runId !== null, 'accepted');

  for (let cut = 0; cut < Number(cuts); cut += 1) {
    const enough = (runOf(client)?.runSeq ?? -1) + 1 + Math.floor(random() * 5);
    const seen = () => runOf(client)?.runSeq >= enough || runOf(client)?.status === 'finished';
    await until(watchers, () => client.status.phase === 'live' && seen(), `cut ${cut}`);
    if (cut % 2 === 0) {
      client.cut();
    } else {
      await client.disconnect();
      client = new HeddleClient({ ...settings, store });
      await client.connect();
    }
  }
  await until(watchers, () => runOf(client)?.status === 'finished' && client.status.phase === 'live', 'the end of the run');
  const run = runOf(client);
  same([run.gaps, run.repeats, run.partial], [0, 0, false], 'gaps, repeats, partial');
  check(outcomes.every((outcome) => outcome === 'resumed' || outcome === 'fresh'), `outcomes ${outcomes}`);
  check(outcomes.includes('resumed'), `${cuts} cuts, but outcomes ${outcomes}`);
  await client.disconnect();

  const other = new HeddleClient(settings);
  await other.connect();
  await until(watchers, () => other.status.phase === 'live', 'the other device');
  same([...other.state.runs.keys()], [runId], 'the runs on another device');
  check(isDeepStrictEqual(runOf(other), run), 'two devices fold the same log to different runs');
  await other.disconnect();
  return `${run.runSeq + 1} events over ${outcomes.length} connections`;

  function runOf(each) {
    return each.state.runs.get(runId);
  }
});

function until(watchers, condition, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Violation(`${what} did not come in ${PATIENCE_MS} ms`)), PATIENCE_MS);
    const watch = () => {
      if (!condition()) return;
      clearTimeout(timer);
      watchers.delete(watch);
      resolve();
    };
    watchers.add(watch);
    watch();
  });
}
