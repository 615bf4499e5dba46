import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StringAppender, StringInterner, StringTable } from '../../src/wire/strings.ts';
import { utf8 } from '../../src/wire/text.ts';
import { text } from '../support/texts.ts';

describe('StringTable', () => {
  test('holds slices of several buffers without copying them', () => {
    const one = utf8('hello world');
    const other = utf8('здравствуй');
    const table = new StringTable();
    expect([table.add(one, 0, 5), table.add(one, 6), table.add(other), table.add(one, 2, 2)]).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3].map((i) => table.text(i))).toEqual(['hello', 'world', 'здравствуй', '']);
    expect([0, 1, 2, 3].map((i) => table.size(i))).toEqual([5, 5, 20, 0]);
    expect(table.length).toBe(4);
    expect(table.buffer(1)).toBe(one);
    expect(table.bytes(1).buffer).toBe(one.buffer);
  });

  test('shows what is not UTF-8, and keeps it', () => {
    const table = new StringTable();
    table.add(Uint8Array.of(0x61, 0xff));
    expect(table.text(0)).toBe('a\ufffd');
    expect(table.bytes(0)).toEqual(Uint8Array.of(0x61, 0xff));
  });
});

describe('StringInterner', () => {
  test('gives equal strings one index, in order of arrival, whatever their buffer', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 300, size: 'large' }), (texts) => {
        const interner = new StringInterner();
        const known: string[] = [];
        for (const bytes of texts) {
          const key = Buffer.from(bytes).toString('hex');
          if (!known.includes(key)) known.push(key);
          const padded = new Uint8Array(bytes.length + 2).fill(0x7e);
          padded.set(bytes, 1);
          expect(interner.intern(padded, 1, bytes.length + 1)).toBe(known.indexOf(key));
          expect(interner.intern(bytes)).toBe(known.indexOf(key));
        }
        expect(interner.table.length).toBe(known.length);
        known.forEach((key, i) => {
          expect(Buffer.from(interner.table.bytes(i)).toString('hex')).toBe(key);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('stays right when its slots grow', () => {
    const interner = new StringInterner();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5000; i++) expect(interner.internText(`string ${i}`)).toBe(i);
    }
    expect(interner.table.length).toBe(5000);
  });

  test('a prefix, a longer string and one of zeros are others', () => {
    const interner = new StringInterner();
    expect(['', 'a', 'ab', '\0', '\0\0'].map((s) => interner.internText(s))).toEqual([0, 1, 2, 3, 4]);
  });

  test('takes strings from another table', () => {
    const table = new StringTable();
    table.add(utf8('xyz'), 1, 2);
    const interner = new StringInterner();
    expect(interner.internText('y')).toBe(interner.internFrom(table, 0));
  });
});

describe('strings behind a table', () => {
  const tableOf = (...texts: string[]): StringTable => {
    const table = new StringTable();
    for (const each of texts) table.add(utf8(each));
    return table;
  };
  const texts = (table: StringTable): string[] => Array.from({ length: table.length }, (_, i) => table.text(i));

  test('the table stays as it is, the same string twice included', () => {
    const listed = tableOf('', 'a', 'b', 'a', '');
    const appender = new StringAppender(listed);
    expect(['a', '', 'b', 'c', 'c', 'd', 'a'].map((each) => appender.internText(each))).toEqual([1, 0, 2, 5, 5, 6, 1]);
    expect(texts(appender.table)).toEqual(['', 'a', 'b', 'a', '', 'c', 'd']);
    expect(texts(listed)).toEqual(['', 'a', 'b', 'a', '']);
  });

  test('those of another table are found by their bytes', () => {
    const appender = new StringAppender(tableOf('x', 'x', 'y'));
    const other = tableOf('z', 'y', 'x');
    expect([2, 1, 0, 0].map((index) => appender.internFrom(other, index))).toEqual([0, 2, 3, 3]);
  });

  test('an empty table begins with what is added', () => {
    const appender = new StringAppender(new StringTable());
    expect(['b', '', 'b'].map((each) => appender.internText(each))).toEqual([0, 1, 0]);
  });

  test('bytes that are no text', () => {
    const appender = new StringAppender(tableOf('a'));
    const bytes = Uint8Array.of(0xff, 0x61, 0xff);
    expect([appender.intern(bytes), appender.intern(bytes, 1, 2), appender.intern(bytes, 2)]).toEqual([1, 0, 2]);
  });
});

test('a copy grows apart', () => {
  const table = new StringTable();
  table.add(utf8('a'));
  const copy = table.copy();
  copy.add(utf8('b'));
  expect([table.length, copy.length, copy.text(0), copy.text(1)]).toEqual([1, 2, 'a', 'b']);
});
