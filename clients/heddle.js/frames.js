/** Frames of the server, as far as the client relies on them: what does not have that form is no frame, whatever else it holds. */

/** A cursor is at most 256 bytes; a longer one would make an address that no edge takes, again on every try. */
const LONGEST_CURSOR = 256;

const OUTCOMES = new Set(['resumed', 'fresh', 'reset']);

const FORMS = {
  __proto__: null,
  hello: (frame) => isCursor(frame.cursor) && OUTCOMES.has(frame.resume),
  events: (frame) => isCursor(frame.cursor) && Array.isArray(frame.events) && frame.events.every(isItem),
  snapshot: (frame) => isCursor(frame.cursor) && Array.isArray(frame.runs) && frame.runs.every(isRun),
  caughtUp: (frame) => isCursor(frame.cursor),
  agents: (frame) => Array.isArray(frame.agents) && frame.agents.every((agent) => typeof agent?.agentId === 'string'),
  accepted: (frame) => typeof frame.id === 'string',
  rejected: (frame) => typeof frame.id === 'string',
};

/**
 * One server frame as an object, or null if it is not one. Types and fields that this client does not know pass.
 *
 * @param {unknown} data what the socket gave
 */
export function parseFrame(data) {
  if (typeof data !== 'string') return null;
  let frame;
  try {
    frame = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(frame) || typeof frame.type !== 'string') return null;
  const form = FORMS[frame.type];
  return form === undefined || form(frame) ? frame : null;
}

/** True for what can be sent back as a cursor. */
export function isCursor(value) {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_CURSOR;
}

/** A number of the server's within bounds, or `otherwise` if it is none. */
export function numberWithin(value, least, most, otherwise) {
  if (typeof value !== 'number' || Number.isNaN(value)) return otherwise;
  return Math.min(most, Math.max(least, value));
}

function isItem(item) {
  return isObject(item) && isObject(item.event) && typeof item.event.type === 'string';
}

function isRun(run) {
  return isObject(run) && typeof run.runId === 'string';
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
