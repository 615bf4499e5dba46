// The messages of a .proto file as data: enough of the language for the files in proto/ and for the older releases.
import { readFileSync } from 'node:fs';

const WIRE_TYPES = { double: 1, fixed64: 1, string: 2, bytes: 2 };
const KINDS = ['int32', 'uint32', 'int64', 'uint64', 'bool', 'double', 'fixed64', 'string', 'bytes'];

/**
 * Reads .proto files; names are taken without their package, so no two messages may have one name.
 *
 * @param {(string | URL)[]} files
 * @returns {Map<string, Field[]>} the fields of each message
 *
 * @typedef {object} Field
 * @property {number} number
 * @property {string} name as in the .proto file
 * @property {string} json lowerCamelCase
 * @property {string} kind a scalar type, or the name of a message
 * @property {boolean} message whether kind is a message
 * @property {boolean} repeated
 * @property {boolean} explicit `optional` or of a oneof: zero is a value, too
 * @property {boolean} oneof
 * @property {number} wireType of one value
 */
export function loadSchema(files) {
  const messages = new Map();
  for (const file of files) readMessages(readFileSync(file, 'utf8'), messages);
  for (const fields of messages.values()) {
    for (const field of fields) {
      field.message = messages.has(field.kind);
      // Enums are numbers.
      if (!field.message && !KINDS.includes(field.kind)) field.kind = 'int32';
      field.wireType = field.message ? 2 : (WIRE_TYPES[field.kind] ?? 0);
    }
  }
  return messages;
}

function readMessages(text, messages) {
  let fields;
  let depth = 0;
  let oneof = 0;
  for (const line of text.replaceAll(/\/\/.*/g, '').split('\n')) {
    const opened = line.match(/^\s*(message|enum|oneof)\s+(\w+)\s*\{/);
    if (opened?.[1] === 'message') {
      fields = [];
      messages.set(opened[2], fields);
    } else if (opened?.[1] === 'enum') fields = undefined;
    else if (opened?.[1] === 'oneof') oneof = depth + 1;
    depth += (line.match(/\{/g) ?? []).length - (line.match(/\}/g) ?? []).length;
    if (depth < oneof) oneof = 0;
    const field = line.match(/^\s*(repeated\s+|optional\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)/);
    if (opened !== null || fields === undefined || field === null || field[2] === 'option') continue;
    fields.push({
      number: Number(field[4]),
      name: field[3],
      json: field[3].replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase()),
      kind: field[2].split('.').at(-1),
      repeated: field[1]?.trim() === 'repeated',
      explicit: field[1]?.trim() === 'optional' || oneof > 0,
      oneof: oneof > 0,
    });
  }
}

const proto = (path) => new URL(`../../proto/${path}`, import.meta.url);
const otlp = (path) => proto(`opentelemetry/proto/${path}.proto`);

export const PPROF = loadSchema([proto('profile.proto')]);
export const OTLP = loadSchema(
  ['common/v1/common', 'resource/v1/resource', 'profiles/v1development/profiles'].map((path) => otlp(path)),
);
