import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { type Container, join, plainForm, split } from '../../src/io/container.ts';
import { patience, runsOf } from '../support/runs.ts';

const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat({ max: 70_000 }).map((length) => new Uint8Array(length).fill(0x2a)) },
);
/** A zstd magic at its start makes bytes zstd data, which a test of its own looks at. */
const messages = fc.array(bytes.map((one) => (one[0] === 0x28 || (one[0] & 0xf0) === 0x50 ? one.fill(1) : one)));
const lines = fc.array(fc.json().map((one) => new TextEncoder().encode(one)));

/** Compares bytes as bytes: `toEqual` walks them one by one. */
function expectSame(found: Uint8Array[], wanted: Uint8Array[]): void {
  expect(found.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  expect(found.every((one, index) => Buffer.compare(one, wanted[index]) === 0)).toBe(true);
}

const cases: [Container, fc.Arbitrary<Uint8Array[]>, fc.Arbitrary<number>][] = [
  ['protobuf', messages.map((list) => [list[0] ?? new Uint8Array()]), fc.constant(0)],
  ['frames', messages, fc.constantFrom(0, 1)],
  ['jeffrey', messages, fc.constantFrom(0, 2, 3, 4, 5)],
  ['json', lines.map((list) => [list[0] ?? new Uint8Array()]), fc.constant(0)],
  ['jsonl', lines, fc.constant(0)],
];

test.each(cases)(
  '%s: what is joined is split again, and joined the same',
  (container, list, note) => {
    fc.assert(
      fc.property(list, fc.array(note), (content, notes) => {
        const file = join(content, Uint8Array.of(...plainForm(container), ...notes));
        const { messages: found, form } = split(file, container);
        expectSame(found, content);
        expectSame([join(found, form)], [file]);
      }),
      runsOf(),
    );
  },
  patience,
);

test.each<Container>(['frames', 'jeffrey'])(
  '%s: a file cut anywhere is split before the cut or refused',
  (container) => {
    fc.assert(
      fc.property(messages, fc.nat(), (content, cut) => {
        const file = join(content, plainForm(container));
        const part = file.subarray(0, cut % (file.length + 1));
        try {
          const { messages: found, form } = split(part, container);
          expectSame(found, content.slice(0, found.length));
          expectSame([join(found, form)], [part]);
        } catch (error) {
          expect(error).toBeInstanceOf(PprofOtlpError);
          expect(error).toMatchObject({ code: 'bad-input' });
        }
      }),
      runsOf(),
    );
  },
  patience,
);

test.each<Container>(['frames', 'jeffrey', 'jsonl'])(
  '%s: any bytes are refused by our own error, or come back',
  (container) => {
    const start = container === 'jeffrey' ? [0x4f, 0x54, 0x4c, 0x50, 1, 0, 0, 0] : [];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }))), (content) => {
        const file = Uint8Array.from([...start, ...content]);
        try {
          const { messages: found, form } = split(file, container, 1000);
          if (container !== 'jsonl') expectSame([join(found, form)], [file]);
        } catch (error) {
          if (!(error instanceof PprofOtlpError)) throw error;
        }
      }),
      runsOf(),
    );
  },
  patience,
);
