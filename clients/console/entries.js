import { h, pretty, setText } from './dom.js';

/** One entry of a run as an element, and how to change it: `{element, update(entry)}`. */
export function drawEntry(entry) {
  const drawn = (DRAWERS[entry.kind] ?? drawOther)(entry);
  drawn.element.dataset.kind = entry.kind;
  drawn.element.classList.add('entry');
  drawn.update(entry);
  return drawn;
}

const DRAWERS = {
  __proto__: null,
  message(entry) {
    const text = h('p');
    const element = h('div', { data: { role: entry.role } }, h('span.speaker', {}, entry.name ?? entry.role), text);
    return updating(element, (now) => setText(text, now.text));
  },
  reasoning(entry) {
    const text = h('p');
    const element = h('details', { open: entry.open }, h('summary', {}, 'reasoning'), text);
    return updating(element, (now) => setText(text, now.text));
  },
  tool(entry) {
    const name = h('b', {}, entry.name);
    const progress = h('span.progress');
    const args = h('pre.args');
    const result = h('pre.result');
    const element = h('div', {}, h('div.call', {}, name, progress), args, result);
    return updating(element, (now) => {
      const done = now.result !== undefined;
      setText(name, now.name);
      setText(progress, done ? 'done' : now.open ? 'arguments…' : 'running…');
      setText(args, now.open ? now.args : readable(now.args));
      element.dataset.done = String(done);
      result.hidden = !done;
      if (done) setText(result, readable(now.result));
    });
  },
  activity() {
    const title = h('b');
    const content = h('pre');
    return updating(h('div', {}, title, content), (now) => {
      setText(title, now.type);
      setText(content, pretty(now.content));
    });
  },
  subagent() {
    const name = h('b');
    const text = h('span');
    return updating(h('div', {}, name, text), (now) => {
      setText(name, now.name);
      setText(text, now.error ? ` failed: ${now.error}` : now.open ? ' works…' : ' is done');
    });
  },
  error() {
    const text = h('p');
    return updating(h('div', {}, text), (now) => setText(text, now.code ? `${now.text} (${now.code})` : now.text));
  },
  interrupt() {
    const text = h('p');
    return updating(h('div', {}, text), (now) => setText(text, `Waits for an answer: ${now.text}`));
  },
};

function drawOther(entry) {
  const text = entry.error ? `${entry.type}: ${entry.error}` : entry.type;
  return updating(h('details', {}, h('summary', {}, text), h('pre', {}, pretty(entry.event))), () => {});
}

function updating(element, update) {
  return {
    element,
    update(entry) {
      element.dataset.open = String(entry.open === true);
      update(entry);
    },
  };
}

/** JSON, if it is some, on several lines when it is long. */
function readable(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'string' ? value : text.length < 60 ? text : pretty(value);
  } catch {
    return text;
  }
}
