import { describe, expect, it, test } from 'vitest';
import { decompress, PprofOtlpError, pprofToOtlp } from '../../src/index.ts';
import { dump } from '../../src/inspect/dump.ts';
import { inspect } from '../../src/inspect/inspect.ts';
import { bytesOfSketch, FULL } from '../pprof/sketch.ts';
import { otlpFiles, pprofFiles } from '../support/corpus.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { writeWire } from '../support/pprofWire.ts';

const pprofLines = [...dump(bytesOfSketch(FULL), 'pprof')];

/** The lines of the first top-level message of this name. */
function messageOf(lines: readonly string[], name: string): string[] {
  const start = lines.findIndex((line) => line.trimStart().startsWith(`${name} {`));
  const margin = lines[start]?.match(/^ */)?.[0] ?? '';
  const end = lines.indexOf(`${margin}}`, start);
  return lines.slice(start, end + 1).map((line) => line.slice(margin.length));
}

describe('pprof', () => {
  it('is shown in file order, each reference with what it leads to', () => {
    expect(messageOf(pprofLines, 'sample')).toEqual([
      expect.stringMatching(/^sample \{ {2}# \[0\] @\d+$/),
      '  location_id: 1  # leaf leaf.c:10 inlined in main main.c:20',
      '  location_id: 2  # main main.c:21',
      '  value: 1',
      '  value: 10',
      expect.stringMatching(/^ {2}label \{ {2}# \[0\] @\d+$/),
      expect.stringMatching(/^ {4}key: \d+ {2}# "thread"$/),
      expect.stringMatching(/^ {4}str: \d+ {2}# "main"$/),
      '  }',
      '}',
    ]);
    expect(messageOf(pprofLines, 'mapping')).toContain('  has_functions: true');
    expect(pprofLines).toContainEqual(expect.stringMatching(/^string_table: "leaf\.c" {2}# \[\d+\]$/));
    expect(pprofLines.join('\n')).toContain('value: -20');
  });

  it('names the address and the mapping of what has no line', () => {
    const lines = [
      ...dump(
        bytesOfSketch({
          mappings: [{ filename: '/bin/app' }],
          locations: [{ mapping: 1, address: 255n }, {}],
          samples: [{ at: [1, 2] }],
        }),
        'pprof',
      ),
    ];
    expect(lines).toContain('  location_id: 1  # 0xff in /bin/app');
    expect(lines).toContain('  location_id: 2  # 0x0');
  });

  it('shows what is no UTF-8, unknown, of another type, without a target', () => {
    const bytes = writeWire([
      { field: 6, wire: 'len', body: Uint8Array.of(0x6b, 0xc3) },
      { field: 7, wire: 'varint', value: 9n },
      { field: 99, wire: 'varint', value: 5n },
      { field: 98, wire: 'len', body: Uint8Array.of(1, 2) },
      { field: 97, wire: 'fixed32', value: 0x01020304n },
      { field: 96, wire: 'group', body: [{ field: 1, wire: 'varint', value: 1n }] },
      { field: 9, wire: 'fixed64', value: 16n },
    ]);
    expect([...dump(bytes, 'pprof')]).toEqual([
      'string_table: "k\ufffd"  # not UTF-8: 6bc3  # [0]',
      'drop_frames: 9  # no such string',
      '99: 5',
      '98: <2 bytes 0102>',
      '97: 0x01020304',
      expect.stringMatching(/^96: <group of \d bytes>$/),
      '9: 0x10',
    ]);
  });

  it('of damaged bytes goes as far as it can, then says where it breaks', () => {
    const whole = bytesOfSketch(FULL);
    const lines: string[] = [];
    let thrown: unknown;
    try {
      for (const line of dump(whole.subarray(0, whole.length - 3), 'pprof')) lines.push(line);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PprofOtlpError);
    expect(thrown).toMatchObject({ code: 'bad-input' });
    expect(lines.length).toBeGreaterThan(100);
    expect(lines).toEqual(pprofLines.slice(0, lines.length));
  });
});

describe('OTLP', () => {
  const lines = [...dump(foreignPayload(), 'otlp')];

  it('is shown with what each index leads to', () => {
    const text = lines.join('\n');
    expect(text).toMatch(/stack_index: 1 {2}# kernel:7 < 0x.*|stack_index: 1 {2}# kernel/);
    expect(text).toContain('attribute_indices: 1  # thread.name = "worker"');
    expect(text).toContain(`link_index: 1  # trace ${'01'.repeat(16)} span ${'02'.repeat(8)}`);
    expect(text).toContain(`profile_id: "${'03'.repeat(16)}"`);
    expect(text).toContain('timestamps_unix_nano: 11');
    expect(text).toContain('type_strindex: 2  # "off_cpu"');
  });

  it('shows the residual by its size', () => {
    const { otlp, report } = pprofToOtlp(bytesOfSketch(FULL));
    expect([...dump(otlp, 'otlp')].join('\n')).toContain(`bytes_value: <${report.residualBytes} bytes `);
  });

  it('does not follow nesting without end', () => {
    const data = decodeOtlp(foreignPayload());
    const deep = { depth: 0, bytes: new Uint8Array() as Uint8Array };
    for (; deep.depth < 20_000; deep.depth++) {
      const array = writeWire([{ field: 1, wire: 'len', body: deep.bytes }]);
      deep.bytes = writeWire([{ field: 5, wire: 'len', body: array }]);
      if (deep.bytes.length > 100_000) break;
    }
    const attribute = writeWire([{ field: 2, wire: 'len', body: deep.bytes }]);
    const bytes = new Uint8Array([
      ...encodeOtlp(data),
      ...writeWire([{ field: 2, wire: 'len', body: writeWire([{ field: 6, wire: 'len', body: attribute }]) }]),
    ]);
    expect([...dump(bytes, 'otlp')].some((line) => line.endsWith('# nested deeper'))).toBe(true);
  });
});

test.each([
  ...pprofFiles.map((file) => ({ ...file, format: 'pprof' as const })),
  ...otlpFiles.map((file) => ({ ...file, format: 'otlp' as const })),
])('$name is inspected and dumped', ({ read, format }) => {
  const bytes = decompress(read());
  const summary = inspect(bytes, format);
  expect(summary.bytes).toBe(bytes.length);
  let lines = 0;
  let missing = 0;
  for (const line of dump(bytes, format)) {
    lines++;
    if (/# no such /.test(line)) missing++;
  }
  expect(lines).toBeGreaterThan(10);
  expect(missing).toBe(0);
});
