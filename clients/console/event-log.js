import { byId, clockTime, h, hueOf, pretty, setText, short } from './dom.js';
import { LOG_SIZE } from './view.js';

/** The raw events, newest last; opened rows show the whole item as JSON. */
export class EventLog {
  #shown = 0;
  #lastLog = null;

  clear() {
    this.#shown = 0;
    this.#lastLog = null;
    byId('log').replaceChildren();
    setText(byId('log-count'), '');
  }

  draw({ log, received }) {
    if (log === this.#lastLog) return;
    this.#lastLog = log;
    const rows = byId('log');
    if (received < this.#shown) {
      rows.replaceChildren();
      this.#shown = 0;
    }
    const atEnd = rows.scrollHeight - rows.scrollTop - rows.clientHeight < 40;
    const fresh = log.slice(-Math.min(log.length, received - this.#shown));
    if (received > this.#shown) rows.append(...fresh.map(row));
    this.#shown = received;
    while (rows.children.length > LOG_SIZE) rows.firstChild.remove();
    setText(byId('log-count'), received > log.length ? `newest ${log.length} of ${received}` : String(received));
    if (atEnd) rows.scrollTop = rows.scrollHeight;
  }
}

function row(item) {
  const { event } = item;
  const element = h(
    'details',
    { data: { type: event.type, run: item.runId ?? '', seq: item.runSeq ?? '', event: item.eventId, family: familyOf(event.type) } },
    h(
      'summary',
      { title: `${clockTime(event.timestamp)}  ${item.runId ?? 'outside any run'}` },
      h('span.seq', {}, item.runSeq === undefined ? '·' : String(item.runSeq)),
      h('span.type', {}, event.type),
      h('span.gist', {}, gist(event)),
      h('span.id', { title: item.eventId }, short(item.eventId, 4, 6)),
    ),
  );
  element.style.setProperty('--hue', item.runId ? hueOf(item.runId) : 0);
  element.addEventListener('toggle', () => {
    if (element.open && element.children.length === 1) element.append(h('pre', {}, pretty(item)));
  });
  return element;
}

function familyOf(type) {
  return /^(RUN|STEP|TEXT|TOOL|REASONING|STATE|MESSAGES|ACTIVITY|SUBAGENT)_/.exec(type)?.[1].toLowerCase() ?? 'other';
}

/** What is worth seeing of an event in half a line. */
function gist(event) {
  const value = event.delta ?? event.content ?? event.patch ?? event.snapshot ?? event.stepName ?? event.toolCallName ?? event.message ?? event.name ?? event.outcome?.type ?? '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, 160);
}
