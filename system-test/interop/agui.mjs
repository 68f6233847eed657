/**
 * AG-UI's own client, as published, against AG-UI over HTTP: `--version 1.0.0` or `--version 0.0.59`. What the client holds at the
 * end of each scenario is what it makes of the events in the log, and each event on the wire passes that version's schemas.
 *
 * With `--second URL --pid PID` the run begins at an edge that is killed in mid-run; the client goes on at `--url`.
 */
import { from } from 'rxjs';
import { Peer, Violation, check, program, same, someone, tokenFor } from './lib.mjs';

const AGUI = { '1.0.0': '@ag-ui/client', '0.0.59': 'ag-ui-client-0.0.59' };

await program({ version: '1.0.0', second: '', pid: '' }, async ({ url, version, second, pid }) => {
  const library = await import(AGUI[version]);
  const judge = await schemas(version);
  const user = someone(`agui-${version}`);
  const world = { url, library, judge, user, version, token: await tokenFor(url, user) };
  const scenarios = second ? [(it) => killed(it, second, Number(pid))] : [echo, planner, approval, restated, cancel, reattach, conflicts];
  let events = 0;
  for (const scenario of scenarios) events += await scenario({ ...world, threadId: `${scenario.name || 'killed'}-${Date.now()}` });
  return `${version}: ${scenarios.length} scenarios, ${events} events`;
});

/** A judge of one event: throws if that version's schema refuses it. */
async function schemas(version) {
  if (version === '1.0.0') {
    const { EventSchema } = await import('@ag-ui/core/schemas');
    return (event) => EventSchema.parse(event);
  }
  const { EventSchemas } = await import('ag-ui-core-0.0.59');
  return (event) => EventSchemas.parse(event);
}

/** A client whose wire is read along: every event is judged, and ids must differ. */
function agentOf(world, { base = world.url, agentId, path = '', body = true, ...more }) {
  const wire = [];
  class Wired extends world.library.HttpAgent {
    requestInit(input) {
      const init = super.requestInit(input);
      return body ? init : { method: 'GET', headers: init.headers, signal: init.signal };
    }
  }
  const agent = new Wired({
    url: `${base}/v1/agui/${agentId}${path}`,
    threadId: world.threadId,
    headers: { Authorization: `Bearer ${world.token}` },
    fetch: async (address, init) => {
      const response = await fetch(address, init);
      if (!response.ok) return response;
      const [mine, theirs] = response.body.tee();
      agent.reading = readAlong(mine, wire);
      return new Response(theirs, { status: response.status, headers: response.headers });
    },
    ...more,
  });
  agent.wire = wire;
  return agent;
}

async function readAlong(stream, wire) {
  let text = '';
  try {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const data = block.find((line) => line.startsWith('data: '));
        const id = block.find((line) => line.startsWith('id: '))?.slice(4);
        if (data) wire.push({ id, event: JSON.parse(data.slice(6)) });
      }
    }
  } catch {
    wire.broken = true;
  }
}

async function judged(world, agent) {
  await agent.reading;
  for (const { event } of agent.wire) {
    try {
      world.judge(event);
    } catch (error) {
      throw new Violation(`${world.version} refuses ${JSON.stringify(event)}: ${error.message}`);
    }
  }
  const ids = agent.wire.map(({ id }) => id).filter((id) => id !== undefined);
  same(new Set(ids).size, ids.length, 'distinct ids');
  return agent.wire.length;
}

/** The thread's events in the log, as Heddle's own protocol tells them, run by run. */
async function logged(world) {
  const peer = await Peer.open(world.url, { token: world.token, query: { from: 'earliest', thread: world.threadId } });
  await peer.untilFrame('caughtUp');
  peer.close();
  return peer.items;
}

/** What the same package makes of the log. */
async function folded(world) {
  class Recorded extends world.library.AbstractAgent {
    run() {
      return from(this.next);
    }
  }
  const agent = new Recorded({ threadId: world.threadId });
  const items = (await logged(world)).filter((item) => item.runId !== undefined);
  for (const runId of new Set(items.map((item) => item.runId))) {
    agent.pendingInterrupts = [];
    agent.next = items.filter((item) => item.runId === runId).map((item) => told(world, item.event));
    await agent.runAgent({ runId });
  }
  return { messages: agent.messages, state: agent.state };
}

/** The one difference between the dialects that these scenarios meet. */
function told(world, event) {
  const isCancelled = event.type === 'RUN_FINISHED' && event.outcome?.type === 'cancelled';
  if (world.version === '1.0.0' || !isCancelled) return event;
  const { outcome, ...rest } = event;
  return rest;
}

async function equalsLog(world, agent) {
  const fold = await folded(world);
  same(agent.messages, fold.messages, `${world.threadId}: messages`);
  same(agent.state, fold.state, `${world.threadId}: state`);
}

function say(agent, text) {
  agent.addMessage({ id: `user-${agent.messages.length}`, role: 'user', content: text });
}

async function echo(world) {
  const agent = agentOf(world, { agentId: 'echo' });
  for (const text of ['first: für alle, 織る, 🧵', 'second']) {
    say(agent, text);
    await agent.runAgent();
  }
  same(agent.messages.map((message) => message.role), ['user', 'assistant', 'user', 'assistant'], 'roles');
  await equalsLog(world, agent);
  return judged(world, agent);
}

async function planner(world) {
  const agent = agentOf(world, { agentId: 'planner' });
  say(agent, 'a loom');
  await agent.runAgent({ forwardedProps: { intervalMs: 0 } });
  check(agent.messages.some((message) => message.role === 'tool'), 'a tool result');
  same(agent.state.status, 'done', 'the state');
  await equalsLog(world, agent);
  return judged(world, agent);
}

async function approval(world) {
  const agent = agentOf(world, { agentId: 'approval' });
  say(agent, 'ten apples');
  await agent.runAgent();
  const [asked] = agent.pendingInterrupts;
  same([asked.metadata.kind, asked.metadata.toolName], ['approval', 'transfer'], 'the question');
  await agent.runAgent({ resume: [{ interruptId: asked.id, status: 'resolved', payload: { approved: true } }] });
  same(agent.pendingInterrupts.length, 0, 'open questions');
  check(agent.messages.some((message) => message.role === 'tool' && message.content.includes('ten apples')), 'the result of the approved call');
  await equalsLog(world, agent);
  const again = await fetch(`${world.url}/v1/agui/approval`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      threadId: world.threadId, runId: 'late', messages: [], tools: [], context: [],
      resume: [{ interruptId: asked.id, status: 'resolved', payload: { approved: false } }],
    }),
  });
  same([again.status, (await again.json()).code], [409, 'already_resolved'], 'a second answer');
  return judged(world, agent);
}

/** A client with ids of its own for what the agent said: the log takes only what is new to it. */
async function restated(world) {
  const page = agentOf(world, { agentId: 'planner' });
  say(page, 'a loom');
  await page.runAgent({ forwardedProps: { intervalMs: 0 } });
  const other = agentOf(world, { agentId: 'echo' });
  other.setMessages(page.messages.map((message, index) => (message.role === 'user' ? message : { ...message, id: `own-${index}` })));
  other.addMessage({ id: 'new', role: 'user', content: 'thanks' });
  await other.runAgent();
  const starts = (await logged(world)).filter((item) => item.event.type === 'RUN_STARTED');
  same(starts.map((item) => item.event.input.messages.map((message) => message.id)), [['user-0'], ['new']], 'messages that the log took');
  return (await judged(world, page)) + (await judged(world, other));
}

async function cancel(world) {
  const agent = agentOf(world, { agentId: 'countdown' });
  say(agent, 'go');
  const running = agent.runAgent({ runId: `${world.threadId}-run`, forwardedProps: { count: 1000, intervalMs: 20 } });
  await until(() => agent.wire.length > 5, 'the run is under way');
  const deleted = await fetch(`${world.url}/v1/agui/countdown/runs/${world.threadId}-run`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${world.token}` },
  });
  same(deleted.status, 202, 'the cancel');
  await running;
  await equalsLog(world, agent);
  const last = (await logged(world)).at(-1).event;
  same([last.type, last.outcome?.type], ['RUN_FINISHED', 'cancelled'], 'the last event of the log');
  const count = await judged(world, agent);
  same(agent.wire.at(-1).event.outcome?.type, world.version === '1.0.0' ? 'cancelled' : undefined, 'the outcome that is told');
  return count;
}

/** A page that is closed in mid-run: its run goes on, and fresh pages get all of it, by both ways. */
async function reattach(world) {
  const runId = `${world.threadId}-run`;
  const input = { runId, forwardedProps: { count: 60, intervalMs: 20 } };
  const page = agentOf(world, { agentId: 'countdown' });
  say(page, 'go');
  const left = page.runAgent(input).catch(() => {});
  await until(() => page.wire.length > 5, 'the run is under way');
  page.abortRun();
  await left;
  const attached = agentOf(world, { agentId: 'countdown', path: `/runs/${runId}${world.version === '1.0.0' ? '?protocolVersion=1.0' : ''}`, body: false });
  const posted = agentOf(world, { agentId: 'countdown' });
  say(posted, 'go');
  await Promise.all([attached.runAgent({ runId }), posted.runAgent(input)]);
  await equalsLog(world, attached);
  same(posted.messages, attached.messages, 'both pages');
  const runs = new Set((await logged(world)).map((item) => item.runId));
  same([...runs], [runId], 'runs of the thread');
  return (await judged(world, attached)) + (await judged(world, posted));
}

async function conflicts(world) {
  const runId = `${world.threadId}-run`;
  const first = agentOf(world, { agentId: 'echo' });
  say(first, 'mine');
  await first.runAgent({ runId });
  const other = agentOf(world, { agentId: 'echo', threadId: 'another' });
  const refused = await other.runAgent({ runId }).then(() => null, (error) => error);
  check(refused !== null, 'a run id of another thread was accepted');
  const unknown = agentOf(world, { agentId: 'nobody' });
  check((await unknown.runAgent().then(() => null, (error) => error)) !== null, 'an unknown agent was accepted');
  return judged(world, first);
}

/** The edge dies in mid-run. The client sees a broken connection, and gets the rest from another edge. */
async function killed(world, second, pid) {
  const runId = `${world.threadId}-run`;
  // The client tells its caller of a broken stream, and then throws the same error where nobody can catch it.
  process.on('uncaughtException', (error) => {
    if (error.message === 'terminated') return;
    console.error(error);
    process.exit(1);
  });
  const page = agentOf(world, { agentId: 'countdown', base: second });
  say(page, 'go');
  const ended = page.runAgent({ runId, forwardedProps: { count: 100, intervalMs: 20 } }).then(() => null, (error) => error);
  await until(() => page.wire.length > 5, 'the run is under way');
  process.kill(pid, 'SIGKILL');
  check((await ended) !== null, 'the client takes a run without its end for complete');
  await page.reading;
  const last = page.wire.at(-1).id;
  const rest = await fetch(`${world.url}/v1/agui/countdown`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.token}`, 'Content-Type': 'application/json', 'Last-Event-ID': last },
    body: JSON.stringify({ threadId: world.threadId, runId, messages: [], tools: [], context: [], ...(world.version === '1.0.0' && { protocolVersion: '1.0' }) }),
  });
  const tail = [];
  await readAlong(rest.body, tail);
  const items = (await logged(world)).map((item) => item.event);
  same([...page.wire, ...tail].map(({ event }) => event), items.map((event) => told(world, event)), 'both parts');
  const attached = agentOf(world, { agentId: 'countdown', path: `/runs/${runId}`, body: false });
  await attached.runAgent({ runId });
  await equalsLog(world, attached);
  return judged(world, attached);
}

async function until(condition, what) {
  const limit = Date.now() + 30_000;
  while (!condition()) {
    check(Date.now() < limit, `${what}: not within 30 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
