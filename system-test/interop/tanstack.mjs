/**
 * TanStack's `fetchServerSentEvents`, as published, against AG-UI over HTTP: a run, a run whose connection is cut at random places
 * and that the client continues by sending its POST again, and `joinRun` of a run that another page has started.
 */
import { fetchServerSentEvents } from '@tanstack/ai-client';
import { Peer, check, program, randomFrom, same, someone, textOf, tokenFor } from './lib.mjs';

const CUTS = 6;

await program({ seed: '1' }, async ({ url, seed }) => {
  const user = someone('tanstack');
  const token = await tokenFor(url, user);
  const random = randomFrom(Number(seed));
  let requests = 0;
  let cutAfter = Infinity;

  /** A fetch whose response breaks after some bytes. */
  async function fetchClient(address, init) {
    requests += 1;
    const response = await fetch(address, init);
    if (cutAfter === Infinity || !response.ok) return response;
    let left = cutAfter;
    const cut = new TransformStream({
      transform(piece, controller) {
        controller.enqueue(piece.subarray(0, left));
        left -= piece.length;
        if (left <= 0) controller.error(new TypeError('the network is gone'));
      },
    });
    return new Response(response.body.pipeThrough(cut), { status: response.status, headers: response.headers });
  }

  async function told(chunks) {
    const all = [];
    for await (const chunk of chunks) all.push(chunk);
    return all;
  }

  function adapter(agentId) {
    return fetchServerSentEvents(`${url}/v1/agui/${agentId}`, { headers: { Authorization: `Bearer ${token}` }, fetchClient });
  }

  async function logged(runId) {
    const peer = await Peer.open(url, { token, query: { from: 'earliest' } });
    await peer.untilFrame('caughtUp');
    peer.close();
    return peer.items.filter((item) => item.runId === runId);
  }

  const said = [{ id: 'said', role: 'user', parts: [{ type: 'text', content: 'hello' }] }];

  const plain = await told(adapter('echo').connect(said, undefined, undefined, { threadId: 'plain', runId: 'plain-run' }));
  same([plain[0].type, plain.at(-1).type], ['RUN_STARTED', 'RUN_FINISHED'], 'a plain run');
  same(requests, 1, 'requests of a plain run');

  let continued = 0;
  for (let round = 0; round < CUTS; round++) {
    requests = 0;
    cutAfter = 900 + Math.floor(random() * 4_000);
    const runId = `cut-run-${round}`;
    const context = { threadId: `cut-${round}`, runId, forwardedProps: { count: 40, intervalMs: 2 } };
    const chunks = await told(adapter('countdown').connect(said, undefined, undefined, context));
    const items = await logged(runId);
    same(chunks.map((chunk) => chunk.type), items.map((item) => item.event.type), `round ${round}: events`);
    same(chunks.map((chunk) => chunk.delta ?? '').join(''), textOf(items), `round ${round}: the text`);
    continued += requests - 1;
  }
  check(continued >= CUTS, `only ${continued} requests were sent again`);

  cutAfter = Infinity;
  const first = told(adapter('countdown').connect(said, undefined, undefined, { threadId: 'joined', runId: 'joined-run', forwardedProps: { count: 40, intervalMs: 10 } }));
  await new Promise((resolve) => setTimeout(resolve, 150));
  const joined = await told(adapter('countdown').joinRun('joined-run'));
  same(joined, await first, 'a joined run');
  return `${CUTS} cut runs, ${continued} requests sent again`;
});
