/** The smallest profiles that are worth translating, written by hand so that no test leans on the code under test. */

const bytes = (...parts: (number | Uint8Array | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));

export function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    out.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return out;
}

export function field(number: number, content: Uint8Array | string | number): Uint8Array {
  if (typeof content === 'number') return bytes(varint(number * 8), varint(content));
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const head = [...varint(number * 8 + 2), ...varint(data.length)];
  const out = new Uint8Array(head.length + data.length);
  out.set(head);
  out.set(data, head.length);
  return out;
}

export function message(...fields: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of fields) {
    out.set(one, at);
    at += one.length;
  }
  return out;
}

/** One sample type, one sample with one frame; `comment` makes it as large as a test wants. */
export function pprof(functionName = 'main', comment?: string): Uint8Array {
  return message(
    field(1, message(field(1, 1), field(2, 2))),
    field(2, message(field(1, 1), field(2, 10))),
    field(4, message(field(1, 1), field(4, message(field(1, 1), field(2, 7))))),
    field(5, message(field(1, 1), field(2, 3))),
    ...['', 'cpu', 'nanoseconds', functionName, ...(comment === undefined ? [] : [comment])].map((text) =>
      field(6, text),
    ),
    ...(comment === undefined ? [] : [field(13, 4)]),
  );
}

/** OTLP as another program writes it: nothing in it tells of a pprof. */
export function otlp(): Uint8Array {
  const profile = message(field(1, message(field(1, 1), field(2, 2))), field(2, message(field(1, 1), field(4, 5))));
  return message(
    field(1, message(field(2, message(field(2, profile))))),
    field(
      2,
      message(
        field(1, message()),
        field(2, message()),
        field(2, message(field(3, message(field(1, 1))))),
        field(3, message()),
        field(3, message(field(1, 3))),
        field(4, message()),
        ...['', 'cpu', 'nanoseconds', 'main'].map((text) => field(5, text)),
        field(6, message()),
        field(7, message()),
        field(7, message(field(1, Uint8Array.of(1)))),
      ),
    ),
  );
}
