// Extensions that nobody's otlpToPprof wrote: damaged, or made to harm. The pprof's own digest is right in all of them.

import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { otlpToPprof, pprofToOtlp, type Report } from '../../src/index.ts';
import {
  appendExtension,
  type Content,
  decodeExtension,
  type Extension,
  encodeExtension,
  findExtension,
  fingerprint,
} from '../../src/otlp/extension/message.ts';
import { decodePayloadFacts, encodePayloadFacts } from '../../src/otlp/extension/payloadMessage.ts';
import { MessageWriter } from '../../src/wire/message.ts';
import { bytesOfSketch, FULL } from '../pprof/sketch.ts';
import { expectSameBytes } from '../support/bytes.ts';
import type { ProfilesData } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { dictionaryOf } from '../support/references.ts';
import { bytesOf } from '../support/texts.ts';

const OTLP = foreignPayload();
const PPROF = otlpToPprof(OTLP).pprofs[0];

function apart(pprof: Uint8Array): { base: Uint8Array; extension: Extension } {
  const found = findExtension(pprof);
  if (found === undefined) throw new Error('there is no extension');
  return { base: found.pprof, extension: decodeExtension(found.extension) };
}

/** The pprof with another extension, whose digest of the pprof is right. */
function withExtension(pprof: Uint8Array, change: (extension: Extension) => Partial<Extension>): Uint8Array {
  const { base, extension } = apart(pprof);
  return appendExtension(base, encodeExtension({ ...extension, ...change(extension) }));
}

type Structured = Extract<Content, { kind: 'structured' }>;
const structured = ({ content }: Extension): Structured => content as Structured;

/** That what the pprof says is translated, comes back, and the report says why. */
function expectFallback(pprof: Uint8Array): Report {
  const { otlp, report } = pprofToOtlp(pprof);
  expect(report.exactReturn).toBeUndefined();
  expect(report.warnings.join()).toContain('made from OTLP');
  expectSameBytes(otlpToPprof(otlp).pprofs[0], pprof);
  return report;
}

describe('a payload that is not the one of the digest', () => {
  test.each<[string, (extension: Extension) => Partial<Extension>]>([
    ['another digest', ({ payload }) => ({ payload: { ...payload, digest: new Uint8Array(16) } })],
    ['no digest', ({ payload }) => ({ payload: { ...payload, digest: new Uint8Array(0) } })],
    ['another length', ({ payload }) => ({ payload: { ...payload, length: payload.length + 1 } })],
    ['a huge length', ({ payload }) => ({ payload: { ...payload, length: 2 ** 53 } })],
    ['another original', () => ({ content: { kind: 'original', messages: [bytesOf('other')] } })],
    ['no original', () => ({ content: { kind: 'original', messages: [new Uint8Array(0)] } })],
    ['no facts', (e) => ({ content: { ...structured(e), facts: Uint8Array.of(0x10, 1) } })],
    ['facts that are no message', (e) => ({ content: { ...structured(e), facts: Uint8Array.of(0xff) } })],
    ['a layout that does not fit', (e) => ({ content: { ...structured(e), layouts: [bytesOf('layout')] } })],
    [
      'parts of more messages',
      (e) => ({
        content: {
          ...structured(e),
          parts: [2 ** 31, 2 ** 32 + 1, 2 ** 52].map((resources) => ({
            resources,
            dictionary: true,
            entries: [1, 1, 1, 1, 1, 1, 1],
          })),
        },
      }),
    ],
  ])('%s', (_, change) => {
    expectFallback(withExtension(PPROF, change));
  });

  test('with every number field huge: nothing runs long', () => {
    const { facts } = structured(apart(PPROF).extension);
    const start = performance.now();
    for (const huge of [2 ** 31, 2 ** 32 + 1, 2 ** 52]) {
      const { streams, lengths, ...known } = decodePayloadFacts(facts);
      const variants = [
        ...Object.keys(lengths).map((table) => ({ lengths: { ...lengths, [table]: huge } })),
        ...Object.keys(streams).map((name) => ({ streams: { ...streams, [name]: [0, huge] } })),
        ...Object.keys(streams).map((name) => ({ streams: { ...streams, [name]: [huge, huge] } })),
        ...(['groups', 'columns', 'sampleCounts'] as const).map((name) => ({ [name]: [huge] })),
        ...(['valueCounts', 'timestampCounts'] as const).map((name) => ({ [name]: [0, huge] })),
        { mappingAttributes: { rows: [[huge]], runs: [0, huge] } },
        { locationAttributes: { rows: [[huge]], runs: [] } },
      ];
      for (const variant of variants) {
        const changed = encodePayloadFacts({ streams, lengths, ...known, ...variant });
        expectFallback(withExtension(PPROF, (e) => ({ content: { ...structured(e), facts: changed } })));
      }
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('that would inflate to very much', () => {
    const { base } = apart(PPROF);
    const { length, digest } = fingerprint(base);
    const bomb = new MessageWriter()
      .uint(1, 1)
      .uint(2, length)
      .bytes(3, digest)
      .bytes(7, new Uint8Array(deflateRawSync(new Uint8Array(100_000_000))))
      .finish();
    expect(expectFallback(appendExtension(base, bomb)).warnings.join()).toContain('does not inflate');
  });

  test('of a later version', () => {
    const { base } = apart(PPROF);
    const later = new MessageWriter().uint(1, 2).finish();
    expect(expectFallback(appendExtension(base, later)).warnings.join()).toContain('version 2');
  });
});

describe('the form of the file', () => {
  test.each<[string, Extension['file']]>([
    ['a container that does not exist', { container: Uint8Array.of(99), json: [] }],
    ['one that the messages do not fit', { container: Uint8Array.of(4, 9), json: [] }],
    ['JSON lines of a message that was none', { container: Uint8Array.of(3), json: [] }],
  ])('%s: what the pprof says is translated', (_, file) => {
    expectFallback(withExtension(PPROF, () => ({ file })));
  });
});

describe('what comes back is proven', () => {
  const other = pprofToOtlp(bytesOfSketch(FULL)).otlp;
  const original = (message: Uint8Array): Uint8Array =>
    withExtension(PPROF, () => ({ payload: fingerprint(message), content: { kind: 'original', messages: [message] } }));

  test('an original that is another profile’s is not proven', () => {
    expect(pprofToOtlp(original(other)).report.proven).toBe(false);
  });

  test('an original that is no OTLP is not given', () => {
    expectFallback(original(bytesOf('hello world')));
  });

  test('a sample an observation: the pprof comes back by the option that it was made with', () => {
    const pprof = otlpToPprof(OTLP, { timestamps: 'labels' }).pprofs[0];
    const { otlp, report } = pprofToOtlp(pprof);
    expect(report.proven).toBe(true);
    expectSameBytes(otlpToPprof(otlp, { timestamps: 'labels' }).pprofs[0], pprof);
  });

  test('a lone profile that only lasted, translated, is not taken for an older draft', () => {
    const pprof = bytesOfSketch({ duration: 1n });
    expect(pprofToOtlp(pprof).report.proven).toBe(true);
    expectSameBytes(otlpToPprof(pprofToOtlp(pprof).otlp).pprofs[0], pprof);
  });
});

describe('additions', () => {
  const gained = decodeOtlp(pprofToOtlp(bytesOfSketch(FULL)).otlp);
  gained.resource_profiles[0].schema_url = 'https://example.com/schema';
  const pprof = otlpToPprof(encodeOtlp(gained)).pprofs[0];
  const { content } = apart(pprof).extension;
  if (content.kind !== 'additions') throw new Error('there are no additions');
  const { shell } = content;

  const withShell = (bytes: Uint8Array): Uint8Array =>
    withExtension(pprof, () => ({ payload: fingerprint(bytes), content: { kind: 'additions', shell: bytes } }));
  const changed = (change: (data: ProfilesData) => void): Uint8Array => {
    const data = decodeOtlp(shell);
    change(data);
    return withShell(encodeOtlp(data));
  };
  const profilesIn = (data: ProfilesData) => data.resource_profiles[0].scope_profiles[0].profiles;

  test('as they are come back', () => {
    expect(decodeOtlp(pprofToOtlp(withShell(shell)).otlp)).toMatchObject({
      resource_profiles: [{ schema_url: 'https://example.com/schema' }],
    });
  });

  const damages: Record<string, Uint8Array> = {
    'no message': withShell(Uint8Array.of(0xff, 0xff)),
    empty: withShell(new Uint8Array(0)),
    'an attribute that is not there': changed((data) => {
      profilesIn(data)[0].attribute_indices = [77];
    }),
    'a key that is not there': changed((data) => {
      const value = { int_value: 1n };
      dictionaryOf(data).attribute_table.push({ key_strindex: 99, value, unit_strindex: 98 });
      profilesIn(data)[0].attribute_indices = [1];
    }),
    'another number of profiles': changed((data) => profilesIn(data).pop()),
    'a residual': changed((data) => {
      const attribute = { key: 'pprof_otlp.residual', value: { bytes_value: bytesOf('x') }, key_strindex: 0 };
      data.resource_profiles[0].scope_profiles[0].scope?.attributes.push(attribute);
    }),
  };

  test.each(Object.entries(damages))('%s: what the pprof says is translated, and the report says so', (_, damaged) => {
    expectFallback(damaged);
  });
});
