import { Misfit } from '../errors.ts';
import { concat } from '../wire/bytes.ts';
import { MessageReader, MessageWriter } from '../wire/message.ts';
import {
  ALL,
  defaultStyle,
  defaultStyles,
  INTERLEAVED,
  type Layout,
  NEVER_PACKED,
  type Patch,
  REPEATED_RECORDS,
  type Run,
  type Style,
} from './layout.ts';
import { pairs, present } from './residualValues.ts';
import { LAST_FIELD, MESSAGES, type MessageName } from './schema.ts';

/** Writes the layout into a residual's Body: fields 14 to 18 of proto/residual.proto. */
export function encodeLayout(body: MessageWriter, { styles, runs, patches, patchedDigest }: Layout): void {
  let record = 0;
  const steps = patches.flatMap((patch) => {
    const step = [patch.record - record, patch.at, patch.remove, patch.insert.length];
    record = patch.record;
    return step;
  });
  body
    .list(
      14,
      MESSAGES.map((name) => encodeStyle(name, styles[name])).filter((style) => style !== undefined),
    )
    .packed(15, (runs ?? []).flatMap(encodeRun))
    .packed(16, steps)
    .bytes(17, concat(patches.map(({ insert }) => insert)))
    .bytes(18, patchedDigest);
}

export function decodeLayout(body: MessageReader): Layout {
  const styles = defaultStyles();
  for (const bytes of body.list(14)) {
    const style = new MessageReader(bytes);
    const name = MESSAGES[style.uint(1)];
    if (name === undefined) throw new Misfit('a style is of an unknown message');
    styles[name] = decodeStyle(name, style);
  }
  const runs = decodeRuns(body.packedNumbers(15));
  return {
    styles,
    runs: runs.length === 0 ? undefined : runs,
    patches: decodePatches(body.packedNumbers(16), body.bytes(17)),
    patchedDigest: body.bytes(18),
  };
}

function encodeRun({ field, count }: Run): number[] {
  const takesAll = count === ALL || field === INTERLEAVED || (count === 1 && !REPEATED_RECORDS.has(field));
  return takesAll ? [field * 2] : [field * 2 + 1, count];
}

function encodeStyle(name: MessageName, style: Style): Uint8Array | undefined {
  const rule = defaultStyle(name);
  const fields = rule.order;
  const changed = new MessageWriter();
  if (style.order.some((field, i) => field !== rule.order[i])) changed.packed(2, style.order);
  changed.uint(3, style.zeros);
  changed.packed(
    4,
    fields.flatMap((field) => (style.packedAbove[field] === 0 ? [] : [field, Math.min(style.packedAbove[field], 3)])),
  );
  changed.packed(
    5,
    fields.flatMap((field) => (style.lengthWidth[field] === 1 ? [] : [field, style.lengthWidth[field]])),
  );
  const bytes = changed.finish();
  if (bytes.length === 0) return undefined;
  const index = new MessageWriter().uint(1, MESSAGES.indexOf(name)).finish();
  return concat([index, bytes]);
}

function decodeStyle(name: MessageName, message: MessageReader): Style {
  const style = defaultStyle(name);
  const order = message.packedNumbers(2);
  if (order.length > 0) {
    if (
      order.length !== style.order.length ||
      new Set(order).size !== order.length ||
      !order.every((field) => style.order.includes(field))
    ) {
      throw new Misfit('a style does not order the fields of its message');
    }
    style.order = order;
  }
  style.zeros = message.uint(3);
  for (const [field, above] of pairs(message.packedNumbers(4))) {
    if (field > LAST_FIELD[name]) throw new Misfit('a style is of an unknown field');
    style.packedAbove[field] = above === 3 ? NEVER_PACKED : above;
  }
  for (const [field, width] of pairs(message.packedNumbers(5))) {
    if (field > LAST_FIELD[name] || width < 1 || width > 10)
      throw new Misfit('a style gives a length no possible width');
    style.lengthWidth[field] = width;
  }
  return style;
}

function decodeRuns(numbers: number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const field = Math.floor(numbers[at] / 2);
    const hasCount = numbers[at] % 2 === 1;
    const count = hasCount ? present(numbers[++at]) : REPEATED_RECORDS.has(field) || field === INTERLEAVED ? ALL : 1;
    runs.push({ field, count });
  }
  return runs;
}

function decodePatches(numbers: number[], inserts: Uint8Array): Patch[] {
  const patches: Patch[] = [];
  let record = 0;
  let used = 0;
  for (let i = 0; i < numbers.length; i += 4) {
    record += numbers[i];
    const length = present(numbers[i + 3]);
    if (length > inserts.length - used) throw new Misfit('a patch is cut off');
    patches.push({ record, at: numbers[i + 1], remove: numbers[i + 2], insert: inserts.subarray(used, used + length) });
    used += length;
  }
  return patches;
}
