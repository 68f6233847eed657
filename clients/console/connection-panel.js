import { byId, clockTime, h, setText, short } from './dom.js';

const PHASES = {
  idle: 'offline',
  connecting: 'connecting',
  open: 'catching up',
  live: 'live',
  waiting: 'reconnecting',
  closed: 'closed',
};
const HISTORY = 6;
const PULSE_SECONDS = 60;
const BAR_MS = 500;

/** The state of the connection: phase, cursor, what became of it each time, and the pulse of the last minute. */
export class ConnectionPanel {
  #status = { phase: 'idle' };
  #received = 0;
  #connections = 0;
  #pulse = [];
  #facts = new Map();

  begin() {
    this.#received = 0;
    this.#connections = 0;
    this.#pulse = [];
    byId('history').replaceChildren();
    byId('pause').setAttribute('aria-pressed', 'false');
    byId('pause').textContent = 'Pause network';
  }

  status(status) {
    this.#status = status;
    this.#bar();
  }

  received() {
    this.#received += 1;
    this.#bar().events += 1;
  }

  resumed({ outcome, reason, lost }) {
    this.#connections += 1;
    const entry = h(
      'li',
      { data: { outcome } },
      h('b', {}, outcome),
      h('span', {}, reason ? `: ${reason}` : ''),
      h('time', {}, clockTime(Date.now())),
    );
    if (lost) entry.append(h('p', {}, `events may be lost from ${short(lost.from)} to ${short(lost.to)}`));
    byId('history').prepend(entry);
    while (byId('history').children.length > HISTORY) byId('history').lastChild.remove();
  }

  draw(client) {
    const { phase, reason, retryAt, storeError } = this.#status;
    const element = byId('phase');
    element.dataset.phase = phase;
    const seconds = retryAt ? Math.max(0, (retryAt - Date.now()) / 1000).toFixed(1) : '';
    setText(element.lastElementChild, phase === 'waiting' ? `back in ${seconds} s` : PHASES[phase]);
    element.title = wordsOf(this.#status);
    const hello = client?.hello;
    this.#fact('phase', wordsOf(this.#status));
    this.#fact('user', hello?.user);
    this.#fact('cursor', client?.cursor);
    this.#fact('session', hello?.session);
    this.#fact('partition', hello?.partition);
    this.#fact('connections', this.#connections || null);
    this.#fact('events on this page', this.#received);
    this.#fact('stored in this browser', storeError ? `no: ${storeError.message}` : 'yes');
    byId('cut').disabled = phase !== 'open' && phase !== 'live';
    this.#drawPulse();
  }

  #fact(name, value) {
    if (!this.#facts.has(name)) {
      const shown = h('dd', { data: { fact: name } });
      byId('facts').append(h('dt', {}, name), shown);
      this.#facts.set(name, shown);
    }
    const text = value === undefined || value === null ? '–' : String(value);
    const element = this.#facts.get(name);
    setText(element, text);
    element.title = text;
  }

  /** The bar of this half second. */
  #bar() {
    const at = Math.floor(Date.now() / BAR_MS);
    let bar = this.#pulse.at(-1);
    if (bar?.at !== at) {
      bar = { at, events: 0, phase: this.#status.phase };
      this.#pulse.push(bar);
      this.#pulse = this.#pulse.filter((each) => each.at > at - (PULSE_SECONDS * 1000) / BAR_MS);
    }
    if (this.#status.phase !== 'live') bar.phase = this.#status.phase;
    return bar;
  }

  #drawPulse() {
    this.#bar();
    const canvas = byId('pulse');
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0) return;
    if (canvas.width !== width * ratio) {
      canvas.width = width * ratio;
      canvas.height = height * ratio;
    }
    const pen = canvas.getContext('2d');
    const style = getComputedStyle(canvas);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const bars = (PULSE_SECONDS * 1000) / BAR_MS;
    const step = width / bars;
    const now = Math.floor(Date.now() / BAR_MS);
    for (const { at, events, phase } of this.#pulse) {
      const x = width - (now - at + 1) * step;
      const away = phase !== 'live' && phase !== 'open';
      const tall = events === 0 ? 2 : Math.min(height - 2, 4 + Math.log2(1 + events) * 4);
      pen.fillStyle = style.getPropertyValue(away && events === 0 ? '--bad' : events === 0 ? '--line' : '--accent');
      pen.fillRect(x, height - tall, Math.max(1, step - 1), tall);
    }
  }
}

/** A status in words: the phase, why, and what comes next. */
function wordsOf({ phase, reason, code, error, attempt }) {
  const why = [reason, code && `code ${code}`, error?.message, attempt > 1 && `${attempt} tries`].filter(Boolean).join(', ');
  return why === '' ? PHASES[phase] : `${PHASES[phase]} (${why})`;
}
