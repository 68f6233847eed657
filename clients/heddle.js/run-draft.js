import { applyPatch } from './json-patch.js';

/** A run of which nothing is known yet but where it belongs. */
export function newRun({ runId, threadId, agentId, attempt }, state) {
  return {
    runId,
    threadId,
    agentId: agentId ?? null,
    attempt: attempt ?? 0,
    status: 'running',
    startedAt: null,
    updatedAt: null,
    runSeq: -1,
    gaps: 0,
    repeats: 0,
    partial: false,
    input: [],
    entries: [],
    steps: [],
    state,
    result: null,
    error: null,
    interrupts: [],
  };
}

/** The next version of one run while a frame is applied to it: copies what it touches, once. */
export class RunDraft {
  run;
  #fresh = new Set();

  constructor(run) {
    this.run = { ...run, entries: [...run.entries], steps: [...run.steps] };
  }

  apply(item) {
    const { run } = this;
    const { event } = item;
    this.#count(item);
    run.agentId ??= item.agentId ?? null;
    run.attempt = item.attempt ?? run.attempt;
    run.updatedAt = event.timestamp ?? run.updatedAt;
    run.startedAt ??= run.updatedAt;
    const shown = { kind: 'other', id: item.eventId, type: event.type, event };
    const handler = HANDLERS[event.type];
    if (!handler) {
      this.#add(shown);
      return;
    }
    try {
      handler(this, event);
    } catch (error) {
      this.#add({ ...shown, error: error.message });
    }
  }

  #count({ runSeq, runSeqFrom }) {
    if (runSeq === undefined) return;
    const { run } = this;
    const from = runSeqFrom ?? runSeq;
    if (run.runSeq < 0 && from > 0) run.partial = true;
    else if (from > run.runSeq + 1) run.gaps += from - run.runSeq - 1;
    else if (from <= run.runSeq) run.repeats += 1;
    run.runSeq = Math.max(run.runSeq, runSeq);
  }

  #add(entry) {
    this.#fresh.add(entry);
    this.run.entries.push(entry);
    return entry;
  }

  /** The newest entry of that kind and id, ready to be changed. */
  find(kind, id) {
    const { entries } = this.run;
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      if (entry.kind !== kind || entry.id !== id) continue;
      if (this.#fresh.has(entry)) return entry;
      const copy = { ...entry };
      entries[index] = copy;
      this.#fresh.add(copy);
      return copy;
    }
    return undefined;
  }

  /** That entry, or a new one: a run that begins in its middle is shown from there. */
  entry(kind, id, fields) {
    return this.find(kind, id) ?? this.#add({ kind, id, ...fields });
  }

  /** A START: a closed entry of the same id is opened again and goes on. */
  open(kind, id, fields) {
    const entry = this.find(kind, id);
    if (entry) Object.assign(entry, { open: true });
    else this.#add({ kind, id, open: true, ...fields });
  }

  close(kind, id) {
    const entry = this.find(kind, id);
    if (entry) entry.open = false;
  }

  /** A restated history takes the place of messages, calls, reasoning and activities. */
  restate(messages) {
    const shown = new Set(this.run.input.map((message) => message.id));
    const kept = this.run.entries.filter((entry) => !RESTATED.has(entry.kind));
    this.run.entries = kept;
    for (const message of messages) if (!shown.has(message.id)) this.#restateOne(message);
  }

  #restateOne(message) {
    switch (message.role) {
      case 'tool':
        this.entry('tool', message.toolCallId, { name: 'tool', args: '', open: false }).result = textOf(message.content);
        break;
      case 'reasoning':
        this.#add({ kind: 'reasoning', id: message.id, text: textOf(message.content), open: false });
        break;
      case 'activity':
        this.#add({ kind: 'activity', id: message.id, type: message.activityType, content: message.content });
        break;
      default:
        if (message.content) this.#add(messageEntry(message));
        for (const call of message.toolCalls ?? []) {
          this.#add({ kind: 'tool', id: call.id, name: call.function.name, args: call.function.arguments, open: false });
        }
    }
  }

  closeAll() {
    for (const entry of [...this.run.entries]) if (entry.open) this.close(entry.kind, entry.id);
    this.run.steps = this.run.steps.map((step) => ({ ...step, open: false }));
  }
}

const RESTATED = new Set(['message', 'tool', 'reasoning', 'activity']);

const HANDLERS = {
  __proto__: null,
  RUN_STARTED(draft, event) {
    draft.run.status = 'running';
    draft.run.input = (event.input?.messages ?? []).map(messageEntry);
    if (event.input?.state !== undefined) draft.run.state = event.input.state;
  },
  RUN_FINISHED(draft, event) {
    const outcomes = { interrupt: 'interrupted', cancelled: 'cancelled' };
    draft.run.status = outcomes[event.outcome?.type] ?? 'finished';
    draft.run.interrupts = event.outcome?.interrupts ?? [];
    draft.run.result = event.result ?? null;
    draft.closeAll();
  },
  RUN_ERROR(draft, event) {
    draft.run.status = 'error';
    draft.run.error = { message: event.message, code: event.code ?? null };
    draft.closeAll();
  },
  STEP_STARTED: (draft, event) => draft.run.steps.push({ name: event.stepName, open: true }),
  STEP_FINISHED(draft, event) {
    const index = draft.run.steps.findLastIndex((step) => step.name === event.stepName && step.open);
    if (index >= 0) draft.run.steps[index] = { ...draft.run.steps[index], open: false };
  },
  TEXT_MESSAGE_START: (draft, event) =>
    draft.open('message', event.messageId, { role: event.role ?? 'assistant', name: event.name, text: '' }),
  TEXT_MESSAGE_CONTENT: (draft, event) => {
    draft.entry('message', event.messageId, { role: 'assistant', text: '', open: true }).text += event.delta;
  },
  TEXT_MESSAGE_END: (draft, event) => draft.close('message', event.messageId),
  TOOL_CALL_START: (draft, event) => draft.open('tool', event.toolCallId, { name: event.toolCallName, args: '' }),
  TOOL_CALL_ARGS: (draft, event) => {
    draft.entry('tool', event.toolCallId, { name: 'tool', args: '', open: true }).args += event.delta;
  },
  TOOL_CALL_END: (draft, event) => draft.close('tool', event.toolCallId),
  TOOL_CALL_RESULT(draft, event) {
    draft.entry('tool', event.toolCallId, { name: 'tool', args: '', open: false }).result = textOf(event.content);
  },
  REASONING_START: () => {},
  REASONING_END: () => {},
  REASONING_MESSAGE_START: (draft, event) => draft.open('reasoning', event.messageId, { text: '' }),
  REASONING_MESSAGE_CONTENT: (draft, event) => {
    draft.entry('reasoning', event.messageId, { text: '', open: true }).text += event.delta;
  },
  REASONING_MESSAGE_END: (draft, event) => draft.close('reasoning', event.messageId),
  STATE_SNAPSHOT(draft, event) {
    draft.run.state = event.snapshot;
  },
  STATE_DELTA(draft, event) {
    const patched = tryPatch(draft.run.state, event.delta);
    if (patched.error) draft.entry('other', `patch ${event.timestamp}`, { type: 'STATE_DELTA', event, error: patched.error });
    else draft.run.state = patched.value;
  },
  MESSAGES_SNAPSHOT: (draft, event) => draft.restate(event.messages),
  ACTIVITY_SNAPSHOT(draft, event) {
    const entry = draft.find('activity', event.messageId);
    if (!entry) draft.entry('activity', event.messageId, { type: event.activityType, content: event.content });
    else if (event.replace !== false) Object.assign(entry, { type: event.activityType, content: event.content });
  },
  ACTIVITY_DELTA(draft, event) {
    const entry = draft.entry('activity', event.messageId, { type: event.activityType, content: {} });
    const patched = tryPatch(entry.content, event.patch);
    if (!patched.error) entry.content = patched.value;
  },
  SUBAGENT_STARTED: (draft, event) => draft.open('subagent', event.subagentRunId, { name: event.name, text: event.description ?? '' }),
  SUBAGENT_FINISHED: (draft, event) => draft.close('subagent', event.subagentRunId),
  SUBAGENT_ERROR(draft, event) {
    Object.assign(draft.entry('subagent', event.subagentRunId, { name: 'subagent', text: '' }), { open: false, error: event.message });
  },
};

function tryPatch(value, patch) {
  try {
    return { value: applyPatch(value, patch) };
  } catch (error) {
    return { error: error.message };
  }
}

function messageEntry(message) {
  return { kind: 'message', id: message.id, role: message.role, name: message.name, text: textOf(message.content), open: false };
}

/** The text of a message's content: a string, or parts of which those that are not text are named. */
function textOf(content) {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === undefined || content === null ? '' : JSON.stringify(content);
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('');
}
