// Changes to JSON that leave most of it JSON.

import type { Random } from '../test/support/random.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[-+\w.]+|[[\]{}:,]|\s+|./gsu;

const SCALARS = [
  ...['null', 'true', 'false', '0', '-0', '1', '-1', '1.5', '1e400', '-1e-400', '1e2', '100000000000000000000', '""'],
  ...['"0"', '"-1"', '"18446744073709551615"', '"9223372036854775808"', '"1.0"', '"1e3"', '"NaN"', '"-Infinity"'],
  ...['"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"=="', '"AA"', '"AAA="', '"_-8"', '"0102030405060708"'],
  ...['"00112233445566778899aabbccddeeff"', '{}', '[]', '[null]', '{"__proto__":1}', '2147483648', '4294967296'],
];

const KEYS = [
  ...['__proto__', 'constructor', 'resourceProfiles', 'resource_profiles', 'dictionary', 'samples', 'values', 'value'],
  ...['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue', 'arrayValue', 'kvlistValue', 'keyStrindex'],
  ...['timestampsUnixNano', 'profileId', 'stringTable', 'x'],
];

/** Where the value that begins with this token ends. */
function endOf(tokens: readonly string[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    if (tokens[i] === '{' || tokens[i] === '[') depth++;
    if (tokens[i] === '}' || tokens[i] === ']') depth--;
    if (depth <= 0) return i + 1;
  }
  return tokens.length;
}

const isValue = (token: string): boolean => /^["\w{[-]/.test(token);

function someValue(tokens: readonly string[], random: Random): { from: number; to: number } {
  let from = random.below(tokens.length);
  for (let i = 0; i < 50 && !isValue(tokens[from] as string); i++) from = (from + 1) % tokens.length;
  return { from, to: endOf(tokens, from) };
}

export function mutateJson(text: string, random: Random, donor: string): string {
  const tokens = text.match(TOKEN) ?? [''];
  const { from, to } = someValue(tokens, random);
  const own = tokens.slice(from, to);
  const put = (...middle: string[]): string => [...tokens.slice(0, from), ...middle, ...tokens.slice(to)].join('');
  switch (random.below(8)) {
    case 0:
      return put(random.pick(SCALARS));
    case 1:
      return put(JSON.stringify(random.pick(KEYS)));
    case 2:
      return put(...own, ',', ...own);
    case 3: {
      // A key or an item with the comma behind it.
      const end = tokens[to] === ':' ? endOf(tokens, to + 1) : to;
      return [...tokens.slice(0, from), ...tokens.slice(tokens[end] === ',' ? end + 1 : end)].join('');
    }
    case 4: {
      const others = donor.match(TOKEN) ?? [''];
      const place = someValue(others, random);
      return put(...others.slice(place.from, place.to));
    }
    case 5:
      return put('[', ...own, ']');
    case 6:
      return put(random.pick(['[', '{', '"', ',', ':', ']', '}', ' ', '\n', '\ufeff']));
    default: {
      const number = own.join('');
      return put(/^-?\d+$/.test(number) ? `${BigInt(number) + BigInt(random.pick([1, -1]))}` : random.pick(SCALARS));
    }
  }
}
