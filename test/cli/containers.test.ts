import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CONTAINERS, container, fixture, storedZstd } from '../support/fixtures.ts';
import { decodeOtlp, decodePprof } from '../support/oracle.ts';
import { contentOf, reported, withFiles } from './files.ts';
import { listing, run } from './run.ts';

const FRAMES = container('frames.otlp.pb');
const LINES = container('lines.otlp.jsonl');

/** The messages of a file with frames. */
function messagesOf(file: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + file.readUInt32BE(at);
    messages.push(file.subarray(at + 4, end));
    at = end;
  }
  return messages;
}

/** What JSON lines say. Of the empty link pdata writes empty ids in protobuf and nothing in JSON. */
const documents = (lines: Uint8Array): unknown[] =>
  Buffer.from(lines)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.replace('"linkTable":[{"spanId":"","traceId":""}]', '"linkTable":[{}]')));

const services = (payload: Uint8Array): unknown[] => {
  const { resource_profiles, dictionary } = decodeOtlp(payload);
  return resource_profiles.map(({ resource }) => {
    const value = resource?.attributes[0]?.value;
    return value?.string_value ?? dictionary?.string_table[value?.string_value_strindex ?? 0];
  });
};

describe('several messages in one file', () => {
  it.each(CONTAINERS)('$name becomes one pprof and comes back', async ({ name, form }) => {
    const bytes = container(name);
    const dir = withFiles({ [name]: bytes });
    const there = await reported(dir, [name, '-o', 'x.pb.gz']);
    expect(there.status).toBe(0);
    expect(there.reports).toMatchObject([
      {
        ...{ from: form, to: 'pprof', inputBytes: bytes.length, samples: 5, sampleTypes: ['cpu/nanoseconds'] },
        ...{ carried: 'structured', proven: true, exactReturn: null, warnings: [] },
      },
    ]);
    const back = await reported(dir, ['x.pb.gz', '-o', 'back']);
    expect(back.reports).toMatchObject([{ to: form, exactReturn: true, proven: true }]);
    // What a compressor chose inside of a frame can't be known.
    if (!name.includes('zstd')) expect(contentOf(dir, 'back').equals(bytes)).toBe(true);
    const again = await reported(dir, ['back', '-o', 'again.pb.gz']);
    expect(again.reports).toMatchObject([{ from: form, samples: 5 }]);
    const verified = await reported(dir, ['verify', name, 'x.pb.gz', 'back']);
    expect(verified.reports.map(({ proven }) => proven)).toEqual([true, true, true]);
  });

  it.each([
    ['frames-zstd.otlp.pb', FRAMES],
    ['frames-zstd-json.otlp.pb', LINES],
  ])('%s comes back with the same messages, each in zstd', async (name, plain) => {
    const dir = withFiles({ [name]: container(name) });
    await run([name, '-o', 'x.pb'], { cwd: dir });
    await run(['x.pb', '-o', 'back'], { cwd: dir });
    const back = messagesOf(contentOf(dir, 'back'));
    expect(back.map((message) => message.readUInt32LE(0))).toEqual([0xfd2fb528, 0xfd2fb528, 0xfd2fb528]);
    // Stored blocks hold the message as it is.
    const expected = name.includes('json')
      ? Buffer.from(plain)
          .toString()
          .trimEnd()
          .split('\n')
          .map((line) => Buffer.from(line))
      : messagesOf(Buffer.from(plain));
    for (const [i, message] of expected.entries()) expect(back[i].includes(message)).toBe(true);
  });

  it('name themselves as the output that they become', async () => {
    const dir = withFiles({ 'x.otlp': FRAMES, 'y.jsonl': LINES });
    await run(['x.otlp', 'y.jsonl', '-o', 'pprof/'], { cwd: dir });
    await run(['pprof/x.pb.gz', 'pprof/y.pb.gz', '-o', 'otlp/'], { cwd: dir });
    expect(listing(`${dir}/otlp`)).toEqual(['x.otlp', 'y.otlp.jsonl']);
  });

  it('carry whose each sample is as labels', async () => {
    const dir = withFiles({ 'x.otlp': FRAMES });
    await run(['x.otlp', '-o', 'x.pb', '--compress', 'none'], { cwd: dir });
    const { sample, string_table } = decodePprof(contentOf(dir, 'x.pb'));
    const text = (index: bigint): string => Buffer.from(string_table[Number(index)]).toString();
    const labels = sample.map(({ label }) => Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])));
    expect(labels.map((label) => label['service.name'])).toEqual(['shop', 'shop', 'mailer', 'shop', 'shop']);
    expect(labels.map((label) => label['thread.name'])).toEqual([
      'worker-1',
      'worker-ü',
      'sender',
      'worker-1',
      'worker-ü',
    ]);
  });

  it.each(CONTAINERS)('$name as one payload, one document, a document a line', async ({ name, form }) => {
    const dir = withFiles({ [name]: container(name) });
    expect(await run([name, '--to', 'otlp', '-o', 'x.otlp'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(services(contentOf(dir, 'x.otlp'))).toEqual(['shop', 'mailer', 'shop']);
    expect(await run([name, '--to', 'otlp-json', '-o', 'y.json'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(JSON.parse(contentOf(dir, 'y.json').toString()).resourceProfiles).toHaveLength(3);
    const lines = await run([name, '--to', 'otlp-jsonl', '-o', '-'], { cwd: dir });
    if (form === 'otlp-jsonl') {
      expect(lines).toMatchObject({ status: 2, stderr: expect.stringContaining('is otlp-jsonl already') });
    } else expect(documents(lines.stdout)).toEqual(documents(LINES));
    const { reports } = await reported(dir, ['x.otlp', 'y.json', '-o', 'out/', '--no-verify']);
    expect(reports.map(({ samples }) => samples)).toEqual([5, 5]);
  });

  it('are read inside gzip and zstd', async () => {
    const forms = [
      ...CONTAINERS.map(({ name, form }) => ({ form, bytes: container(name) })),
      { form: 'otlp', bytes: fixture('async-profiler-alloc.otlp.pb') },
      { form: 'otlp-json', bytes: fixture('contrib-go-cpu.otlp.json.gz') },
      { form: 'pprof', bytes: fixture('python-gcp-cpu.pb.gz') },
    ];
    const dir = withFiles(
      Object.fromEntries(
        forms.flatMap(({ bytes }, i) => [
          [`${i}.gz`, gzipSync(bytes)],
          [`${i}.zst`, storedZstd(bytes)],
        ]),
      ),
    );
    const { status, reports } = await reported(dir, ['verify', ...listing(dir)]);
    expect(status).toBe(0);
    expect(reports.map(({ from }) => from)).toEqual(forms.flatMap(({ form }) => [form, form]));
    expect(reports.map(({ inputBytes }) => inputBytes)).toEqual(
      forms.flatMap(({ bytes }) => [bytes.length, bytes.length]),
    );
  });

  it('have a limit together', async () => {
    const dir = withFiles({ 'x.otlp': FRAMES, 'bomb.otlp': bomb() });
    expect(await run(['x.otlp', '--max-size', '1k'], { cwd: dir })).toMatchObject({ status: 5 });
    expect(await run(['bomb.otlp', '--max-size', '1m'], { cwd: dir })).toMatchObject({ status: 5 });
    expect(await run(['x.otlp', '--max-size', '2k'], { cwd: dir })).toMatchObject({ status: 0 });
  });
});

/** A frame that is zstd of one message and 8 MiB of it: a block that repeats one byte. */
function bomb(): Uint8Array {
  const [first] = messagesOf(Buffer.from(FRAMES));
  const blocks = Array.from({ length: 64 }, (_, i) => {
    const block = Buffer.alloc(4);
    block.writeUIntLE(128 * 1024 * 8 + 2 + Number(i === 63), 0, 3);
    return block;
  });
  const message = Buffer.alloc(3);
  message.writeUIntLE(first.length * 8, 0, 3);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const frame = Buffer.concat([head, message, first, ...blocks]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

describe('--from', () => {
  it.each(CONTAINERS)('$name by its name', async ({ name, form }) => {
    const dir = withFiles({ x: container(name) });
    const { status, reports } = await reported(dir, ['x', '--from', form]);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ from: form, samples: 5 }]);
  });

  it.each<[string, string, Uint8Array, RegExp]>([
    ['frames', 'otlp', FRAMES, /^x: /],
    ['frames', 'otlp-jeffrey', FRAMES, /^x: @0: does not begin with "OTLP"/],
    ['frames', 'otlp-json', FRAMES, /^x: @0: is not JSON/],
    ['frames', 'pprof', FRAMES, /^x: looks like otlp, not pprof\n/],
    ['lines', 'otlp-json', LINES, /^x: @\d+: is not JSON: expected the end of the text/],
    ['lines', 'otlp-frames', LINES, /^x: @0 \[message 0\]: says \d+ bytes, but the file ends after \d+; /],
    ['lines', 'otlp', LINES, /^x: /],
    ['a pprof', 'otlp-jsonl', fixture('python-gcp-cpu.pb.gz'), /^x: @0 .*is not JSON/],
  ])('%s are no %s', async (_, form, bytes, reason) => {
    const dir = withFiles({ x: bytes });
    const result = await run(['x', '--from', form], { cwd: dir });
    expect(result.stderr).toMatch(reason);
    expect(result.status).toBe(3);
    expect(listing(dir)).toEqual(['x']);
  });

  it('takes one line for lines, and lines with blank ones', async () => {
    const [first] = Buffer.from(LINES).toString().split('\n');
    const dir = withFiles({ one: first, blank: `\n${Buffer.from(LINES).toString().replaceAll('\n', '\r\n\n')}` });
    const { reports } = await reported(dir, ['one', 'blank', '--from', 'otlp-jsonl', '-o', 'out/']);
    expect(reports).toMatchObject([
      { from: 'otlp-jsonl', samples: 2 },
      { from: 'otlp-jsonl', samples: 5 },
    ]);
    const back = await run(['out/one.pb.gz', '-o', '-'], { cwd: dir });
    expect(back.stdout.toString()).toBe(`${first}\n`);
  });
});

describe('damage', () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      'a frame cut off',
      FRAMES.subarray(0, -1),
      /^x: @\d+ \[message 2\]: says \d+ bytes, but the file ends after \d+; /,
    ],
    ['a length cut off', FRAMES.subarray(0, 374 + 2), /^x: @\d+ \[message \d\]: /],
    [
      'a Jeffrey recording cut off',
      container('jeffrey.otlp.pb').subarray(0, -1),
      /^x: @\d+ \[message 2\]: says \d+ bytes/,
    ],
    ['a line cut off', LINES.subarray(0, -50), /^x: @\d+ \[message 2\].*: /],
    ['zstd damaged', damaged('frames-zstd.otlp.pb'), /^x: .*\[message 1\]: .*zstd/],
  ])('%s is named with its message', async (_, bytes, reason) => {
    const dir = withFiles({ x: bytes });
    const result = await run(['x'], { cwd: dir });
    expect(result.stderr).toMatch(reason);
    expect(result.status).toBe(3);
    expect(listing(dir)).toEqual(['x']);
  });
});

/** The second frame says that it has a checksum of other content. */
function damaged(name: string): Uint8Array {
  const file = Buffer.from(container(name));
  const first = file.readUInt32BE(0) + 4;
  const end = first + 4 + file.readUInt32BE(first);
  file.writeUInt8(file.readUInt8(end - 1) ^ 1, end - 1);
  return file;
}
