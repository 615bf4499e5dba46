// Protobuf by a schema, from and to plain objects in the shape of OTLP/JSON: lowerCamelCase names, 64-bit integers as
// strings, ids in hex, other bytes in base64. Fields that are not set are not there.

/** These bytes are written in hex (OTLP specification, JSON Protobuf Encoding). */
const HEX = ['traceId', 'spanId', 'profileId'];

/**
 * Text from bytes, and back: a byte that is not UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, so that nothing is
 * lost; pprofs hold such strings.
 */
export function textOf(bytes) {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return strict.decode(bytes);
  } catch {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
      const size = sequenceSize(bytes, at, strict);
      text += size === 0 ? String.fromCharCode(0xdc00 + bytes[at]) : strict.decode(bytes.subarray(at, at + size));
      at += size || 1;
    }
    return text;
  }
}

function sequenceSize(bytes, at, strict) {
  for (let size = 1; size <= 4 && at + size <= bytes.length; size++) {
    try {
      strict.decode(bytes.subarray(at, at + size));
      return size;
    } catch {
      // Longer, or none.
    }
  }
  return 0;
}

export function bytesOf(text) {
  const parts = text.split(/([\udc80-\udcff])/);
  // A high surrogate before one of these is a character of its own with it.
  if (parts.length === 1 || text.isWellFormed()) return Buffer.from(text, 'utf8');
  return Buffer.concat(
    Array.from(text, (character) =>
      /^[\udc80-\udcff]$/.test(character)
        ? Buffer.of(character.charCodeAt(0) - 0xdc00)
        : Buffer.from(character, 'utf8'),
    ),
  );
}

export function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** One record: a tag and what follows it. */
export const record = (number, wireType, body) => Buffer.concat([varint((number << 3) | wireType), body]);
export const lengthDelimited = (number, body) => record(number, 2, Buffer.concat([varint(body.length), body]));

/**
 * @param {Map<string, Field[]>} schema
 * @param {string} name of the message
 * @param {object} value in the shape above; a name that the message lacks is an error
 * @returns {Buffer} fields ascending, numbers packed, zeros left out
 */
export function encode(schema, name, value) {
  const fields = schema.get(name);
  for (const key of Object.keys(value)) {
    if (!fields.some(({ json }) => json === key)) throw new Error(`${name} has no ${key}`);
  }
  const parts = [];
  for (const field of [...fields].sort((a, b) => a.number - b.number)) {
    const content = value[field.json];
    if (content === undefined) continue;
    if (field.repeated && field.wireType !== 2) {
      if (content.length > 0)
        parts.push(lengthDelimited(field.number, Buffer.concat(content.map((item) => scalar(field, item)))));
      continue;
    }
    for (const item of field.repeated ? content : [content]) {
      const body = field.message ? encode(schema, field.kind, item) : scalar(field, item);
      const isZero = !field.message && body.every((byte) => byte === 0) && (field.wireType !== 2 || body.length === 0);
      if (isZero && !field.repeated && !field.explicit) continue;
      parts.push(
        field.wireType === 2 ? lengthDelimited(field.number, body) : record(field.number, field.wireType, body),
      );
    }
  }
  return Buffer.concat(parts);
}

function scalar({ kind, json }, value) {
  switch (kind) {
    case 'string':
      return bytesOf(value);
    case 'bytes':
      return Buffer.from(value, HEX.includes(json) ? 'hex' : 'base64');
    case 'double': {
      const body = Buffer.alloc(8);
      body.writeDoubleLE(Number(value));
      return body;
    }
    case 'fixed64': {
      const body = Buffer.alloc(8);
      body.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
      return body;
    }
    default:
      return varint(value);
  }
}

/**
 * The way back. Of a field that stands there twice the last value counts, messages merge; unknown fields are skipped.
 *
 * @throws Error for what is no such message
 */
export function decode(schema, name, bytes, into = {}) {
  const fields = new Map(schema.get(name).map((field) => [field.number, field]));
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) break;
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error(`${name}: a varint does not end at byte ${at}`);
  };
  const take = (size) => {
    if (at + size > bytes.length) throw new Error(`${name}: a field ends behind byte ${bytes.length}`);
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const tag = Number(number());
    const wireType = tag & 7;
    const field = fields.get(tag >>> 3);
    if (![0, 1, 2, 5].includes(wireType)) throw new Error(`${name}: wire type ${wireType} at byte ${at}`);
    const body = wireType === 0 ? number() : take(wireType === 1 ? 8 : wireType === 5 ? 4 : Number(number()));
    if (field === undefined) continue;
    if (field.repeated) into[field.json] ??= [];
    // The last member of a oneof holds.
    if (field.oneof) for (const other of fields.values()) if (other.oneof && other !== field) delete into[other.json];
    if (wireType === field.wireType) {
      if (!field.message) put(into, field, plain(field, body));
      else if (field.repeated) into[field.json].push(decode(schema, field.kind, body));
      else into[field.json] = decode(schema, field.kind, body, into[field.json]);
    } else if (wireType === 2 && field.repeated) {
      for (const value of unpacked(field, body)) put(into, field, value);
    }
  }
  return into;
}

function put(into, field, value) {
  if (field.repeated) into[field.json].push(value);
  else into[field.json] = value;
}

function unpacked(field, body) {
  const values = [];
  for (let at = 0; at < body.length; ) {
    let end = at + 8;
    if (field.wireType === 0) for (end = at + 1; body[end - 1] >= 0x80; ) end++;
    let value = body.subarray(at, end);
    if (field.wireType === 0) value = value.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
    values.push(plain(field, value));
    at = end;
  }
  return values;
}

function plain({ kind, json }, body) {
  switch (kind) {
    case 'string':
      return textOf(body);
    case 'bytes':
      return Buffer.from(body).toString(HEX.includes(json) ? 'hex' : 'base64');
    case 'double':
      return Buffer.from(body).readDoubleLE();
    case 'fixed64':
      return `${Buffer.from(body).readBigUInt64LE()}`;
    case 'bool':
      return body !== 0n;
    case 'int32':
      return Number(BigInt.asIntN(32, body));
    case 'uint32':
      return Number(BigInt.asUintN(32, body));
    default:
      return `${kind === 'int64' ? BigInt.asIntN(64, body) : BigInt.asUintN(64, body)}`;
  }
}
