/** The contract of docs/asyncapi.yaml, compiled into validators of frames. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const HERE = new URL('.', import.meta.url);

/** The repository, or another checkout of it that HEDDLE_SOURCES names. */
export const ROOT = process.env.HEDDLE_SOURCES ?? fileURLToPath(new URL('../..', HERE));

/** The parsed document. */
export const contract = parse(readFileSync(new URL('../asyncapi.yaml', HERE), 'utf8'), { merge: true });

/** The messages by name. */
export const messages = contract.components.messages;

/**
 * The same document, with every object closed unless it says otherwise. Clients ignore unknown fields, so the
 * published schemas are open. Heddle's own frames must be described completely.
 */
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  if (copy.type === 'object' && copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
ajv.addSchema({ $id: 'contract.json', components: { schemas: closed(contract.components.schemas) } });
const compiled = new Map();

/** The fault of a value by a schema of the document, in one line; null if the value is valid. */
export function fault(schema, value) {
  const check = compiled.get(schema) ?? ajv.compile({ $ref: `contract.json#/components/schemas/${schema}` });
  compiled.set(schema, check);
  return check(value) ? null : ajv.errorsText(check.errors);
}

/** The name of the schema that a message's payload refers to. */
export function schemaOf(message) {
  return message.payload.$ref.replace('#/components/schemas/', '');
}

/** The faults of a frame by every message of its type; null if one of the messages accepts it. */
export function frameFault(frame) {
  const faults = [];
  for (const message of Object.values(messages)) {
    const schema = schemaOf(message);
    if (contract.components.schemas[schema].properties.type.const === frame.type) {
      const found = fault(schema, frame);
      if (found === null) return null;
      faults.push(`${schema}: ${found}`);
    }
  }
  return faults.length > 0 ? faults.join('; ') : `no message has the type ${JSON.stringify(frame.type)}`;
}
