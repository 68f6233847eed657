import { byId, h } from './dom.js';

/** What the example agents want to be asked; every other agent gets a message. */
const FORMS = {
  __proto__: null,
  echo: [{ name: 'message', label: 'Say something', value: 'Every thread runs through the eye of its own heddle.', rows: 3 }],
  countdown: [
    { name: 'count', label: 'Count from', value: '50', number: { min: 1, max: 100_000 } },
    { name: 'intervalMs', label: 'Every (ms)', value: '100', number: { min: 0, max: 60_000 } },
  ],
  planner: [{ name: 'message', label: 'Plan what?', value: 'A weekend in Lisbon with two children', rows: 3 }],
};
const ANY_AGENT = [{ name: 'message', label: 'Message', value: 'Hello', rows: 3 }];

let shownFor = null;
let shownList = '';

/** Shows the agents on offer, with `chosen` marked, and the fields of that one. */
export function drawAgents(agents, chosen, choose) {
  const list = JSON.stringify([agents, chosen]);
  if (list === shownList) return;
  shownList = list;
  byId('agents').replaceChildren(...agents.map((agent) => agentRow(agent, agent.agentId === chosen, choose)));
  byId('go').disabled = chosen === null;
  if (chosen !== shownFor) {
    shownFor = chosen;
    byId('fields').replaceChildren(...(chosen === null ? [] : (FORMS[chosen] ?? ANY_AGENT)).map(field));
  }
}

function agentRow(agent, checked, choose) {
  const radio = h('input', { type: 'radio', name: 'agent', value: agent.agentId, checked });
  radio.addEventListener('change', () => choose(agent.agentId));
  return h(
    'label.agent',
    { data: { agent: agent.agentId } },
    radio,
    h('b', {}, agent.agentId),
    h('i', { title: agent.status ?? '', data: { status: agent.status ?? '' } }),
    agent.description ? h('span', {}, agent.description) : null,
  );
}

function field({ name, label, value, number, rows }) {
  const input = number
    ? h('input', { type: 'number', name, value, required: true, min: number.min, max: number.max })
    : h('textarea', { name, value, rows });
  return h(number ? 'label.half' : 'label', {}, label, input);
}

export function readFields() {
  return Object.fromEntries(new FormData(byId('start')));
}

/** The input of a run: RunAgentInput without its ids. */
export function inputFor(agentId, fields) {
  const content = agentId === 'countdown' ? `Count down from ${fields.count}.` : fields.message;
  const input = { messages: [{ id: `user-${Date.now().toString(36)}`, role: 'user', content }], tools: [], context: [] };
  if (agentId === 'countdown') {
    input.forwardedProps = { count: Number(fields.count), intervalMs: Number(fields.intervalMs) };
  }
  return input;
}
