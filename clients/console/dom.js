/** Elements made from text alone: nothing that comes from outside is ever parsed as markup. */

/**
 * An element.
 *
 * @param {string} tag with classes: `span.badge.ok`
 * @param {object} properties set as properties; `data` as data attributes, `on` as listeners
 * @param {...(Node|string|null)} children strings become text nodes
 */
export function h(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const { data, on, ...rest } = properties;
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  Object.assign(element, rest);
  Object.assign(element.dataset, data);
  for (const [type, listener] of Object.entries(on ?? {})) element.addEventListener(type, listener);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets text only where it differs: selections and scroll positions stay. A text that has only grown gets the rest appended. */
export function setText(element, text) {
  const old = element.textContent;
  if (old === text) return;
  if (old !== '' && text.startsWith(old) && element.lastChild?.nodeType === 3) element.lastChild.appendData(text.slice(old.length));
  else element.textContent = text;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Runs `draw` before the next paint, however often it is asked for. */
export function painter(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/** The beginning and the end of a long id. */
export function short(id, head = 8, tail = 4) {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** A colour of its own for each run, the same on every device. */
export function hueOf(id) {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) % 360;
}

export function clockTime(ms) {
  if (typeof ms !== 'number') return '';
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString(undefined, { hour12: false });
}

export function pretty(value) {
  return JSON.stringify(value, null, 2);
}
