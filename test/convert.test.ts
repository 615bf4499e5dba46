import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Options, otlpToPprof, PprofOtlpError, pprofToOtlp, verify } from '../src/index.ts';
import { digest } from '../src/wire/digest.ts';
import { MessageReader, MessageWriter } from '../src/wire/message.ts';
import { bytesOfSketch, FULL, profileOf, type Sketch } from './pprof/sketch.ts';
import { expectSameBytes } from './support/bytes.ts';
import type { OtlpProfile, ProfilesData, ScopeProfiles } from './support/messages.ts';
import { decodeOtlp, decodePprof, encodeOtlp, encodePprof } from './support/oracle.ts';
import { foreignPayload } from './support/payload.ts';
import { writeWire } from './support/pprofWire.ts';
import { Random } from './support/random.ts';
import { semanticDifferences } from './support/semantic.ts';
import { merge } from './support/transit.ts';

const PPROF = bytesOfSketch(FULL);

const scopeOf = (data: ProfilesData): ScopeProfiles => data.resource_profiles[0].scope_profiles[0];
const residualOf = (otlp: Uint8Array): Uint8Array | undefined =>
  scopeOf(decodeOtlp(otlp)).scope?.attributes.find(({ key }) => key === 'pprof_otlp.residual')?.value?.bytes_value;

/** The payload after somebody changed it. */
function changed(otlp: Uint8Array, change: (data: ProfilesData, profiles: OtlpProfile[]) => void): Uint8Array {
  const data = decodeOtlp(otlp);
  change(data, scopeOf(data).profiles);
  return encodeOtlp(data);
}

const withResidual = (otlp: Uint8Array, change: (residual: Uint8Array) => Uint8Array): Uint8Array =>
  changed(otlp, (data) => {
    const value = scopeOf(data).scope?.attributes.find(({ key }) => key === 'pprof_otlp.residual')?.value;
    if (value?.bytes_value === undefined) throw new Error('there is no residual');
    value.bytes_value = change(value.bytes_value);
  });

function failure(call: () => unknown): PprofOtlpError {
  try {
    call();
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('pprofToOtlp', () => {
  test('reports what it did', () => {
    const { otlp, report } = pprofToOtlp(PPROF);
    expect(report).toEqual({
      ...{ from: 'pprof', to: 'otlp', inputBytes: PPROF.length, outputBytes: otlp.length, samples: 3 },
      ...{ sampleTypes: ['samples/count', 'cpu/nanoseconds'], fidelity: 'exact', carried: 'structured' },
      ...{ residualBytes: residualOf(otlp)?.length, proven: true, warnings: [] },
    });
  });

  test('takes gzip, and reports uncompressed sizes', () => {
    const { otlp, report } = pprofToOtlp(gzipSync(PPROF));
    expect(report.inputBytes).toBe(PPROF.length);
    expectSameBytes(otlp, pprofToOtlp(PPROF).otlp);
  });

  test('without verify gives the same and proves nothing', () => {
    const { otlp, report } = pprofToOtlp(PPROF, { verify: false });
    expectSameBytes(otlp, pprofToOtlp(PPROF).otlp);
    expect(report).toMatchObject({ proven: false, carried: 'structured' });
  });

  test('semantic fidelity writes no residual, and proves that the meaning comes back', () => {
    const { otlp, report } = pprofToOtlp(PPROF, { fidelity: 'semantic' });
    expect(residualOf(otlp)).toBeUndefined();
    expect(report).toMatchObject({ fidelity: 'semantic', carried: 'none', residualBytes: 0, proven: true });
    expect(pprofToOtlp(PPROF, { fidelity: 'semantic', verify: false }).report.proven).toBe(false);
    expect(semanticDifferences(PPROF, otlpToPprof(otlp).pprofs[0] as Uint8Array)).toEqual([]);
  });

  test('resource attributes stand on the resource, in their order', () => {
    const { otlp } = pprofToOtlp(PPROF, { resource: { 'service.name': 'shop', host: 'ü' } });
    const { attributes } = decodeOtlp(otlp).resource_profiles[0].resource ?? { attributes: [] };
    expect(attributes.map(({ key, value }) => [key, value?.string_value])).toEqual([
      ['service.name', 'shop'],
      ['host', 'ü'],
    ]);
    expect(decodeOtlp(pprofToOtlp(PPROF).otlp).resource_profiles[0].resource).toBeUndefined();
    const { pprofs, reports } = otlpToPprof(otlp);
    expect(reports[0].exactReturn).toBe(true);
    expectSameBytes(pprofs[0].subarray(0, PPROF.length), PPROF);
    expectSameBytes(pprofToOtlp(pprofs[0]).otlp, otlp);
  });

  test.each([
    ['gzip', gzipSync(PPROF)],
    ['plain', PPROF],
  ])('maxSize is of the uncompressed bytes (%s)', (_, input) => {
    expect(failure(() => pprofToOtlp(input, { maxSize: PPROF.length - 1 }))).toMatchObject({ code: 'limit' });
    expect(pprofToOtlp(input, { maxSize: PPROF.length }).report.proven).toBe(true);
  });

  test('the input stays as it is', () => {
    const input = PPROF.slice();
    pprofToOtlp(input);
    expectSameBytes(input, PPROF);
  });

  test('warnings say what became of the odd thing', () => {
    const odd = bytesOfSketch({ time: -1n, functions: [{ startLine: -1n }] });
    expect(pprofToOtlp(odd).report.warnings).toEqual([
      'negative start lines, which OTLP forbids (1): kept',
      'time_nanos is negative, which OTLP cannot say: kept in the residual',
    ]);
    expect(pprofToOtlp(odd, { fidelity: 'semantic' }).report.warnings).toEqual([
      'negative start lines, which OTLP forbids (1): kept',
      'time_nanos is negative, which OTLP cannot say: lost',
    ]);
    const dangling = bytesOfSketch({ locations: [{ mapping: 5 }], samples: [{ at: [1] }] });
    expect(pprofToOtlp(dangling).report.warnings).toEqual([
      'locations with a mapping id that no mapping has (1): kept in the residual',
    ]);
    expectSameBytes(otlpToPprof(pprofToOtlp(dangling).otlp).pprofs[0], dangling);
  });

  test.each<[string, Uint8Array, Partial<PprofOtlpError>]>([
    ['nothing', new Uint8Array(0), { code: 'bad-input' }],
    ['OTLP', pprofToOtlp(PPROF).otlp, { code: 'bad-input', message: 'looks like otlp, not pprof' }],
    ['text', new TextEncoder().encode('hello, this is a plain text file\n'), { code: 'bad-input', stage: 'detect' }],
    [
      'a pprof with a bad reference',
      encodePprof({ ...profileOf(FULL), doc_url: 999n }),
      { code: 'bad-input', path: 'doc_url' },
    ],
    ['a cut pprof', PPROF.subarray(0, PPROF.length - 1), { code: 'bad-input', stage: 'decode' }],
  ])('refuses %s', (_, input, expected) => {
    expect(failure(() => pprofToOtlp(input))).toMatchObject(expected);
  });
});

describe('otlpToPprof', () => {
  test('reports the way back of ours as exact', () => {
    const { otlp, report } = pprofToOtlp(PPROF);
    const { pprofs, reports } = otlpToPprof(gzipSync(otlp));
    expectSameBytes(pprofs[0], PPROF);
    expect(reports).toEqual([
      {
        ...{ from: 'otlp', to: 'pprof', inputBytes: otlp.length, outputBytes: PPROF.length, samples: 3 },
        ...{ sampleTypes: ['samples/count', 'cpu/nanoseconds'], fidelity: 'exact', carried: 'structured' },
        ...{ residualBytes: report.residualBytes, proven: true, exactReturn: true, warnings: [] },
      },
    ]);
  });

  test('sample types are reported in the order of the pprof, also where there are none', () => {
    for (const sketch of [{ ...FULL, defaultType: '' }, { types: [], period: 1n }, {}] satisfies Sketch[]) {
      const there = pprofToOtlp(bytesOfSketch(sketch));
      const back = otlpToPprof(there.otlp);
      expect(back.reports[0]?.sampleTypes).toEqual(there.report.sampleTypes);
    }
  });

  test('what others wrote rides in the extension', () => {
    const { pprofs, reports } = otlpToPprof(foreignPayload());
    expect(reports[0]).toMatchObject({
      fidelity: 'exact',
      carried: 'structured',
      proven: true,
      samples: 2,
      sampleTypes: ['off_cpu/nanoseconds'],
    });
    expect(reports[0].exactReturn).toBeUndefined();
    expectSameBytes(pprofToOtlp(pprofs[0]).otlp, foreignPayload());
    expect(decodePprof(pprofs[0] as Uint8Array).sample.map(({ value }) => value)).toEqual([[-1n], [7n]]);
  });

  test('each scope is a pprof of its own', () => {
    const other = bytesOfSketch({ comments: ['other'] });
    const batch = merge(foreignPayload())(
      merge(pprofToOtlp(other).otlp)(pprofToOtlp(PPROF).otlp, new Random(1)),
      new Random(2),
    );
    const { pprofs, reports } = otlpToPprof(batch);
    expect(pprofs).toHaveLength(3);
    const exact = pprofs
      .filter((_, i) => reports[i]?.exactReturn === true)
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(exact.toSorted()).toEqual([PPROF, other].map((bytes) => Buffer.from(bytes).toString('hex')).toSorted());
  });

  test.each<[string, Uint8Array, Options, Partial<PprofOtlpError>]>([
    ['a pprof', PPROF, {}, { code: 'bad-input', message: 'looks like pprof, not otlp' }],
    [
      'a payload without profiles',
      writeWire([{ field: 1, wire: 'len', body: [] }]),
      {},
      { code: 'bad-input', stage: 'map' },
    ],
    ['more than maxSize', foreignPayload(), { maxSize: 100 }, { code: 'limit' }],
  ])('refuses %s', (_, input, options, expected) => {
    expect(failure(() => otlpToPprof(input, options))).toMatchObject(expected);
  });
});

describe('verify', () => {
  test('proves either direction', () => {
    expect(verify(PPROF)).toMatchObject({ from: 'pprof', proven: true });
    expect(verify(gzipSync(pprofToOtlp(PPROF).otlp))).toMatchObject({ from: 'otlp', proven: true });
  });

  test('does not claim what is not so', () => {
    const edited = changed(pprofToOtlp(PPROF).otlp, (_, profiles) => void profiles[0].samples.pop());
    expect(verify(edited).proven).toBe(false);
    const batch = merge(foreignPayload())(pprofToOtlp(PPROF).otlp, new Random(1));
    expect(verify(batch).proven).toBe(true);
    expect(verify(merge(edited)(batch, new Random(2))).proven).toBe(false);
  });

  test('proves whatever the options say', () => {
    expect(verify(PPROF, { verify: false })).toMatchObject({ proven: true });
  });

  test('refuses what is neither', () => {
    expect(failure(() => verify(new TextEncoder().encode('plain text\n'))).code).toBe('bad-input');
  });
});

describe('a payload that was changed in transit', () => {
  const { otlp } = pprofToOtlp(PPROF);

  const edits: [string, (data: ProfilesData, profiles: OtlpProfile[]) => void][] = [
    ['a value', (_, profiles) => Object.assign(profiles[1].samples[0], { values: [11n] })],
    ['a sample less', (_, profiles) => profiles.forEach(({ samples }) => void samples.pop())],
    ['a profile less', (data) => void scopeOf(data).profiles.pop()],
    ['the samples in another order', (_, profiles) => profiles.forEach(({ samples }) => void samples.reverse())],
    ['another period in one profile', (_, profiles) => Object.assign(profiles[0], { period: 1n })],
    [
      'another time',
      (_, profiles) => profiles.forEach((profile) => void Object.assign(profile, { time_unix_nano: 1n })),
    ],
    [
      'another function name',
      (data) => void data.dictionary?.string_table.splice(data.dictionary.string_table.indexOf('leaf'), 1, 'redacted'),
    ],
    ['an address', (data) => Object.assign(data.dictionary?.location_table[1] ?? {}, { address: 1n })],
  ];

  test.each(edits)('%s: the payload wins, and the report says so', (_, edit) => {
    const { pprofs, reports } = otlpToPprof(changed(otlp, edit));
    expect(pprofs).toHaveLength(1);
    expect(reports[0]).toMatchObject({ fidelity: 'semantic', proven: false, exactReturn: false });
    expect(reports[0]?.warnings.join()).toMatch(/^modified in transit: /);
    expect(semanticDifferences(PPROF, pprofs[0] as Uint8Array, { mappings: 'used' })).not.toEqual([]);
  });

  test.each<[string, (residual: Uint8Array) => Uint8Array]>([
    ['cut', (residual) => residual.subarray(0, residual.length - 2)],
    ['empty', () => new Uint8Array(0)],
    ['of a later version', (residual) => Uint8Array.of(0x08, 2, ...residual.subarray(2))],
    [
      'of another profile',
      () =>
        residualOf(
          pprofToOtlp(
            bytesOfSketch({
              types: [
                ['a', 'b'],
                ['c', 'd'],
              ],
              unusedStrings: ['x'],
            }),
          ).otlp,
        ) as Uint8Array,
    ],
    ['text', () => new TextEncoder().encode('something else')],
    ['with another digest', (residual) => residual.map((byte, i) => (i === 8 ? byte ^ 1 : byte))],
  ])('a residual that is %s: what the payload says comes back', (_, change) => {
    const { pprofs, reports } = otlpToPprof(withResidual(otlp, change));
    expect(reports[0]).toMatchObject({ proven: false, exactReturn: false });
    expect(reports[0]?.warnings.join()).toContain('modified in transit');
    expect(semanticDifferences(PPROF, pprofs[0] as Uint8Array)).toEqual([]);
  });

  describe('keeps the facts that stand alone', () => {
    const unused = { start: 1n, limit: 2n, offset: 4096n, buildId: 'id', has: ['functions' as const] };
    const MAPPED: Sketch = {
      mappings: [{ filename: 'first', ...unused }, { filename: 'used' }, { filename: 'last', ...unused }],
      locations: [{ mapping: 2, address: 5n }],
      samples: [{ at: [1] }, {}],
    };
    const original = bytesOfSketch(MAPPED);
    const edited = changed(pprofToOtlp(original).otlp, (_, profiles) =>
      Object.assign(profiles[0].samples[0], { values: [99n] }),
    );

    test('mappings that no location names, and their place', () => {
      const { pprofs, reports } = otlpToPprof(edited);
      expect(reports[0]?.exactReturn).toBe(false);
      const { string_table, mapping, sample } = decodePprof(pprofs[0] as Uint8Array);
      expect(
        mapping.map(({ filename }) => Buffer.from(string_table[Number(filename)] as Uint8Array).toString()),
      ).toEqual(['first', 'used', 'last']);
      expect(mapping.map(({ id }) => id)).toEqual([1n, 2n, 3n]);
      expect(mapping[0]).toMatchObject({ memory_start: 1n, memory_limit: 2n, file_offset: 4096n, has_functions: true });
      expect(sample[0].value).toEqual([99n]);
      const wanted = { ...MAPPED, samples: [{ at: [1], values: [99n] }, {}] };
      expect(semanticDifferences(bytesOfSketch(wanted), pprofs[0] as Uint8Array)).toEqual([]);
    });

    test('unless they do not fit any more: then only what the payload says', () => {
      const broken = changed(edited, (data) => {
        const location = data.dictionary?.location_table[1];
        Object.assign(location ?? {}, { mapping_index: 0 });
      });
      const { pprofs, reports } = otlpToPprof(broken);
      expect(reports[0]?.warnings.join()).toContain('modified in transit');
      expect(decodePprof(pprofs[0] as Uint8Array).location[0].mapping_id).toBe(0n);
    });
  });
});

describe('what no structure can express rides embedded', () => {
  /** period stands so often that no run may say it. */
  const repeated = new Uint8Array(
    Buffer.concat([PPROF, Buffer.from(Array.from({ length: 70_000 }, () => [0x60, 5]).flat())]),
  );
  /** Nothing but a string that nothing refers to, and that deflate cannot shrink. */
  const random = new Random(1);
  const noise = Uint8Array.from({ length: 6000 }, () => random.below(256));
  const noisy = bytesOfSketch({ types: [], unusedStrings: [noise] });

  test.each([
    ['a field without number', repeated],
    ['a structure that is larger than the file', noisy],
  ])('%s', (_, bytes) => {
    const { otlp, report } = pprofToOtlp(bytes);
    expect(report).toMatchObject({ carried: 'embedded', proven: true });
    expect(report.residualBytes).toBeLessThan(40);
    const [first, ...others] = scopeOf(decodeOtlp(otlp)).profiles;
    expect(first.original_payload_format).toBe('pprof');
    expectSameBytes(first.original_payload, bytes);
    for (const other of others) expect(other.original_payload).toHaveLength(0);
    const { pprofs, reports } = otlpToPprof(otlp);
    expectSameBytes(pprofs[0], bytes);
    expect(reports[0]).toMatchObject({ exactReturn: true, proven: true, carried: 'embedded' });
    expect(pprofToOtlp(bytes, { verify: false }).report).toMatchObject({ carried: 'embedded', proven: false });
  });

  const { otlp } = pprofToOtlp(repeated);

  test.each<[string, (data: ProfilesData, profiles: OtlpProfile[]) => void]>([
    ['the payload beside it was edited', (_, profiles) => Object.assign(profiles[0].samples[0], { values: [12n] })],
    [
      'it was dropped',
      (_, profiles) => Object.assign(profiles[0], { original_payload: new Uint8Array(0), original_payload_format: '' }),
    ],
    ['it is called something else', (_, profiles) => Object.assign(profiles[0], { original_payload_format: 'jfr' })],
    ['it was cut', (_, profiles) => Object.assign(profiles[0], { original_payload: repeated.subarray(0, 1000) })],
    [
      'it was changed',
      (_, profiles) => Object.assign(profiles[0], { original_payload: repeated.with(repeated.length - 1, 6) }),
    ],
  ])('and does not stand for the payload when %s', (_, edit) => {
    const { pprofs, reports } = otlpToPprof(changed(otlp, edit));
    expect(reports[0]).toMatchObject({ exactReturn: false, proven: false });
    expect(reports[0]?.warnings.join()).toContain('modified in transit');
    expect(decodePprof(pprofs[0] as Uint8Array).sample).toHaveLength(3);
  });

  test('something else in its place, even with the right digest, does not stop the payload', () => {
    for (const forged of [Uint8Array.of(0xff, 0xff), Uint8Array.of(0x0a, 0x00), new Uint8Array(0)]) {
      const residual = new MessageWriter()
        .uint(1, 1)
        .uint(2, forged.length)
        .bytes(3, digest(forged))
        .uint(4, 1)
        .finish();
      const payload = changed(
        withResidual(otlp, () => residual),
        (_, profiles) => Object.assign(profiles[0], { original_payload: forged }),
      );
      const { pprofs, reports } = otlpToPprof(payload);
      expect(reports[0]?.exactReturn).toBe(false);
      expect(
        semanticDifferences(PPROF, pprofs[0] as Uint8Array, { mappings: 'used' }).filter(
          (text) => !text.startsWith('period['),
        ),
      ).toEqual([]);
    }
  });

  test('its residual says so', () => {
    const reader = new MessageReader(residualOf(otlp) as Uint8Array);
    expect([reader.uint(1), reader.uint(2), reader.uint(4)]).toEqual([1, repeated.length, 1]);
    expect(reader.bytes(3)).toEqual(digest(repeated));
  });
});
