import { byId, h, painter } from './dom.js';
import { drawAgents, inputFor, readFields } from './agents.js';
import { ConnectionPanel } from './connection-panel.js';
import { EventLog } from './event-log.js';
import { RunList } from './run-list.js';
import { consoleView } from './view.js';
import { HeddleClient, IndexedDbStore } from './heddle.js/heddle.js';

/** Often enough for a reload to lose little, seldom enough to cost nothing; what is not saved is replayed. */
const SAVE_EVERY_MS = 400;
const NOTICE_MS = 8_000;
const PEOPLE = ['alice', 'bob', 'carol'];

let client = null;
let user = null;
let agents = [];
let chosen = null;

const panel = new ConnectionPanel();
const runs = new RunList(cancel);
const log = new EventLog();
const repaint = painter(() => {
  panel.draw(client);
  if (!client) return;
  runs.draw(client.state.runs);
  log.draw(client.state);
});

async function tokenFor(name) {
  const response = await fetch('/dev/tokens', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: name }),
  });
  if (!response.ok) throw new Error(`no token for this user: HTTP ${response.status}`);
  return (await response.json()).token;
}

/** Watches another user. The user is in the address, so that a reload and a second tab know it. */
async function watch(name) {
  await client?.disconnect();
  client = null;
  user = name;
  runs.clear();
  log.clear();
  panel.begin();
  byId('welcome').hidden = true;
  byId('work').hidden = false;
  byId('user').value = name;
  document.title = `${name} · Heddle console`;
  try {
    client = connectAs(name);
    await client.connect();
  } catch (error) {
    notice(error.message);
  }
  repaint();
}

function connectAs(name) {
  const ours = (action) => (...values) => {
    if (client !== created) return;
    action(...values);
    repaint();
  };
  const created = new HeddleClient({
    url: location.origin,
    token: () => tokenFor(name),
    from: 'earliest',
    view: consoleView(),
    store: new IndexedDbStore('heddle-console', name),
    saveEveryMs: SAVE_EVERY_MS,
    onState: ours(() => {}),
    onStatus: ours((status) => panel.status(status)),
    onResume: ours((outcome) => panel.resumed(outcome)),
    agents: true,
    onAgents: ours((frame, all) => offer(all)),
    onEvent: ours(() => panel.received()),
    onUpstream: ours((upstream) => notice(upstream === 'ok' ? 'Kafka is back.' : 'The edge has lost Kafka; it goes on when Kafka is back.')),
    onError: ours((error) => notice(error.message)),
  });
  return created;
}

/** The agents as the connection tells them; nothing is asked for beside it. */
function offer(all) {
  agents = all.filter((agent) => agent.status !== 'unavailable');
  if (!agents.some((agent) => agent.agentId === chosen)) chosen = agents[0]?.agentId ?? null;
  showAgents();
}

function showAgents() {
  drawAgents(agents, chosen, (agentId) => {
    chosen = agentId;
    showAgents();
  });
}

async function start(event) {
  event.preventDefault();
  if (!client || !chosen) return;
  const agentId = chosen;
  const button = byId('go');
  button.disabled = true;
  try {
    await client.start({ agentId, threadId: `${agentId}-${Date.now().toString(36)}`, input: inputFor(agentId, readFields()) });
  } catch (error) {
    notice(`Not started: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

async function cancel(run) {
  try {
    await client.cancel({ threadId: run.threadId, runId: run.runId });
  } catch (error) {
    notice(`Not cancelled: ${error.message}`);
  }
}

function notice(text) {
  const line = h('p', {}, text);
  byId('notices').append(line);
  setTimeout(() => line.remove(), NOTICE_MS);
}

function follow() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name && name !== user) watch(name);
  if (!name && user) location.reload();
}

byId('people').append(
  ...PEOPLE.map((name) => h('button', { type: 'button', on: { click: () => choose(name) } }, name)),
);

function choose(name) {
  location.hash = encodeURIComponent(name);
}

byId('who').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = byId('user').value.trim();
  if (name) choose(name);
});
byId('start').addEventListener('submit', start);
byId('cut').addEventListener('click', () => client?.cut());
byId('pause').addEventListener('click', () => {
  const paused = byId('pause').getAttribute('aria-pressed') === 'true';
  byId('pause').setAttribute('aria-pressed', String(!paused));
  byId('pause').textContent = paused ? 'Pause network' : 'Resume network';
  if (paused) client?.connect();
  else client?.disconnect();
});
window.addEventListener('hashchange', follow);
window.addEventListener('pagehide', () => client?.flush());
setInterval(repaint, 250);
follow();
