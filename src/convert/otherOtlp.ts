import { PprofOtlpError } from '../errors.ts';
import { inputFormOf } from '../io/formats.ts';
import type { OtlpData } from '../otlp/data.ts';
import { decode as decodeOtlp } from '../otlp/decode.ts';
import { checkIndexes } from '../otlp/indexes.ts';
import { normalise } from '../otlp/layout/layout.ts';
import { narrow } from '../otlp/layout/narrow.ts';
import { profilesOf } from '../otlp/unite.ts';
import { equalBytes } from '../wire/bytes.ts';
import { readInput } from './input.ts';
import type { InputOptions, OtlpForm, Report } from './options.ts';
import { onePayload, readOtlpFile, writeOtlpFile } from './otlpFile.ts';

/**
 * Writes OTLP Profiles in another form: older drafts become 1.11, several messages become one payload or a line each.
 *
 * @param input OTLP Profiles in any form that is read
 * @returns the payload in the form `to`, uncompressed, and a report
 * @throws PprofOtlpError `bad-input` for what is no OTLP or has indexes that lead nowhere, `limit` above `maxSize`,
 *   `not-proven` when reading the result does not give the same fields
 */
export function otlpToOtlp(
  input: Uint8Array,
  { to = 'otlp', ...options }: InputOptions & { to?: OtlpForm } = {},
): { otlp: Uint8Array; report: Report } {
  const { bytes, form } = readInput(input, options);
  if (form.format === 'pprof') throw new PprofOtlpError('bad-input', 'looks like pprof, not otlp', { stage: 'detect' });
  const file = readOtlpFile(bytes, form, options);
  const decoded = file.messages.map((message) => decodeOtlp(message));
  for (const { data } of decoded) checkIndexes(data);
  const { bytes: otlp, warnings } = writeOtlpFile(file.messages, file.form, to);
  const proven = to === 'otlp' || isSame(otlp, file.messages, to);
  if (!proven)
    throw new PprofOtlpError('not-proven', 'reading the result does not give the same fields; please report the file', {
      stage: 'prove',
    });
  return {
    otlp,
    report: {
      ...{ from: file.name, to, inputBytes: bytes.length, outputBytes: otlp.length },
      ...contentOf(decoded.map(({ data }) => data)),
      ...{ fidelity: 'exact', carried: 'none', residualBytes: 0, proven },
      warnings: [...new Set([...file.warnings, ...decoded.flatMap((each) => each.warnings), ...warnings])],
    },
  };
}

function isSame(json: Uint8Array, messages: readonly Uint8Array[], to: OtlpForm): boolean {
  const again = readOtlpFile(json, inputFormOf(to), { maxSize: Number.MAX_SAFE_INTEGER, otlpVersion: '1.11' }).messages;
  const expected = to === 'otlp-json' ? [onePayload(messages)] : messages;
  const fields = (message: Uint8Array) => normalise(message).canonical;
  const narrowed = (canonical: Uint8Array) => fields(narrow(canonical));
  const same = (a: Uint8Array, b: Uint8Array) => equalBytes(a, b) || equalBytes(narrowed(a), narrowed(b));
  return again.length === expected.length && again.every((message, i) => same(fields(message), fields(expected[i])));
}

function contentOf(payloads: readonly OtlpData[]): Pick<Report, 'samples' | 'sampleTypes'> {
  const types = new Set<string>();
  let samples = 0;
  for (const { dictionary, resources } of payloads) {
    const text = (index: number) => (index < dictionary.strings.length ? dictionary.strings.text(index) : '');
    for (const { sampleType, samples: own } of profilesOf({ resources })) {
      types.add(`${text(sampleType.type)}/${text(sampleType.unit)}`);
      samples += own.identity.length;
    }
  }
  return { samples, sampleTypes: [...types] };
}
