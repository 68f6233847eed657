import { byId, clockTime, h, hueOf, setText, short } from './dom.js';
import { drawEntry } from './entries.js';

const STATUS = { running: 'running', finished: 'finished', interrupted: 'waiting for an answer', cancelled: 'cancelled', error: 'failed' };

/** The runs as cards, newest first. A card is touched only when its run is another object than last time. */
export class RunList {
  #cards = new Map();
  #cancel;
  #last = null;

  /** @param {(run: object) => void} cancel asks for the end of a run */
  constructor(cancel) {
    this.#cancel = cancel;
  }

  clear() {
    this.#cards.clear();
    this.#last = null;
    byId('runs').replaceChildren();
    byId('runs-empty').hidden = false;
    setText(byId('runs-count'), '');
  }

  draw(runs) {
    if (runs === this.#last) return;
    this.#last = runs;
    for (const [runId, card] of this.#cards) {
      if (runs.has(runId)) continue;
      card.element.remove();
      this.#cards.delete(runId);
    }
    for (const run of runs.values()) {
      let card = this.#cards.get(run.runId);
      if (!card) {
        card = new RunCard(run, this.#cancel);
        this.#cards.set(run.runId, card);
        byId('runs').prepend(card.element);
      }
      card.draw(run);
    }
    byId('runs-empty').hidden = runs.size > 0;
    const running = [...runs.values()].filter((run) => run.status === 'running').length;
    setText(byId('runs-count'), runs.size === 0 ? '' : `${runs.size}${running > 0 ? `, ${running} running` : ''}`);
  }
}

class RunCard {
  element;
  #run = null;
  #status = h('span.status');
  #proof = h('span.proof');
  #when = h('time');
  #steps = h('div.steps');
  #body = h('div.body');
  #state = h('details.state', {}, h('summary', {}, 'state'), h('pre'));
  #stop;
  #drawn = [];

  constructor(run, cancel) {
    this.#stop = h('button.stop', { type: 'button', on: { click: () => this.#askToStop(cancel) } }, 'Cancel run');
    this.element = h(
      'article.run',
      { data: { run: run.runId } },
      h(
        'header',
        {},
        h('b', {}, run.agentId ?? 'run'),
        h('code', { title: `run ${run.runId}\nthread ${run.threadId}` }, short(run.runId, 8, 6)),
        this.#status,
        this.#when,
        this.#stop,
      ),
      this.#steps,
      this.#body,
      this.#state,
      h('footer', {}, this.#proof),
    );
    this.element.style.setProperty('--hue', hueOf(run.runId));
  }

  draw(run) {
    if (run === this.#run) return;
    this.#run = run;
    this.element.dataset.status = run.status;
    setText(this.#status, STATUS[run.status] ?? run.status);
    setText(this.#when, clockTime(run.startedAt));
    this.#stop.hidden = run.status !== 'running';
    this.#drawProof(run);
    this.#drawSteps(run.steps);
    this.#drawEntries([...run.input, ...run.entries, ...endOf(run)]);
    this.#state.hidden = run.state === null || run.state === undefined;
    if (!this.#state.hidden) setText(this.#state.lastChild, JSON.stringify(run.state, null, 2));
  }

  #askToStop(cancel) {
    this.#stop.disabled = true;
    setText(this.#stop, 'Cancelling…');
    cancel(this.#run);
  }

  #drawProof(run) {
    const whole = run.gaps === 0 && run.repeats === 0;
    this.#proof.dataset.whole = String(whole);
    const count = run.runSeq + 1;
    const verdict = whole ? 'every one once, in order' : `${run.gaps} missing, ${run.repeats} repeated`;
    const begun = run.partial ? 'seen from its middle; ' : '';
    const attempt = run.attempt > 0 ? `, attempt ${run.attempt}` : '';
    setText(this.#proof, `${begun}${count} event${count === 1 ? '' : 's'}, ${verdict}${attempt}`);
  }

  #drawSteps(steps) {
    this.#steps.hidden = steps.length === 0;
    while (this.#steps.children.length > steps.length) this.#steps.lastChild.remove();
    steps.forEach((step, index) => {
      const chip = this.#steps.children[index] ?? this.#steps.appendChild(h('span'));
      setText(chip, step.name);
      chip.dataset.open = String(step.open);
    });
  }

  #drawEntries(entries) {
    const atEnd = this.#body.scrollHeight - this.#body.scrollTop - this.#body.clientHeight < 40;
    while (this.#drawn.length > entries.length) this.#drawn.pop().element.remove();
    entries.forEach((entry, index) => {
      const drawn = this.#drawn[index];
      if (drawn?.entry === entry) return;
      if (drawn && drawn.entry.kind === entry.kind && drawn.entry.id === entry.id) {
        drawn.update(entry);
        drawn.entry = entry;
        return;
      }
      const fresh = { ...drawEntry(entry), entry };
      if (drawn) drawn.element.replaceWith(fresh.element);
      else this.#body.append(fresh.element);
      this.#drawn[index] = fresh;
    });
    if (atEnd) this.#body.scrollTop = this.#body.scrollHeight;
  }
}

/** What is to be said at the end: an error, or what the run waits for. */
function endOf(run) {
  if (run.error) return [{ kind: 'error', id: 'error', text: run.error.message, code: run.error.code }];
  return run.interrupts.map((interrupt) => ({ kind: 'interrupt', id: interrupt.id, text: interrupt.message ?? interrupt.reason }));
}
