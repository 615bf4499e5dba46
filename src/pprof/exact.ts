import { unlessMisfit } from '../errors.ts';
import type { Dictionary, Model, Scope } from '../model/model.ts';
import { equalBytes } from '../wire/bytes.ts';
import type { Int32Column, Int64Column } from '../wire/columns.ts';
import { digest } from '../wire/digest.ts';
import type { Written } from '../wire/written.ts';
import type { Decoded } from './decode.ts';
import { addPatches, encode, encodesTo } from './encode.ts';
import { noFacts } from './facts.ts';
import { fromModel } from './fromModel.ts';
import { defaultLayout, type Layout } from './layout.ts';
import { measure } from './measure.ts';
import { shortestRuns } from './records.ts';
import type { Residual } from './residual.ts';
import type { MessageName } from './schema.ts';
import { measureStrings, orderStrings } from './stringOrder.ts';
import type { Mapped } from './toModel.ts';

/**
 * The pprof that a model says, with no residual to go by: ids 1..n, tables and strings in order of first use.
 * `facts` may tell of mappings that no location names.
 */
export function canonical({ dictionary, resources }: Model, facts = noFacts()): Uint8Array {
  const data = fromModel(dictionary, resources[0].scopes[0], facts, false);
  return encode(orderStrings(data, defaultLayout(), noFacts()), defaultLayout());
}

/**
 * The residual of a pprof whose bytes follow rules without exception, as those of most encoders do: the way back is not
 * run, so only a proof can tell whether it is right. Throws Misfit where there must be exceptions.
 */
export function likelyResidual(decoded: Decoded, mapped: Mapped, digestOfBytes = digest(decoded.bytes)): Residual {
  const { data, bytes, runs } = decoded;
  const facts = measure(data, mapped);
  const layout = { ...defaultLayout(), styles: styles(decoded), runs: shortestRuns(data, runs, data) };
  measureStrings(data, data, layout, facts);
  return { length: bytes.length, digest: digestOfBytes, structure: { facts, layout } };
}

/**
 * Everything about a pprof that `canonical` would get wrong: the likely residual where the way back from the model shows
 * that it is right, else one with the exceptions. Throws Misfit where the structure cannot express the file.
 */
export function residualOf(decoded: Decoded, mapped: Mapped, digestOfBytes = digest(decoded.bytes)): Residual {
  const { data, bytes, runs } = decoded;
  const { dictionary, resources } = mapped.model;
  const [scope] = resources[0].scopes;
  const likely = unlessMisfit(() => likelyResidual(decoded, mapped, digestOfBytes));
  const caller = { expected: { bytes, digest: digestOfBytes } };
  if (likely !== undefined && unlessMisfit(() => restore(dictionary, scope, likely, caller)) === bytes) return likely;
  const facts = measure(data, mapped);
  const restored = fromModel(dictionary, scope, facts, true);
  const layout = { ...defaultLayout(), styles: styles(decoded), runs: shortestRuns(data, runs, restored) };
  measureStrings(data, restored, layout, facts);
  addPatches(orderStrings(restored, layout, facts), layout, bytes);
  return { length: bytes.length, digest: digestOfBytes, structure: { facts, layout } };
}

/** A residual may claim any length: what is set aside before a byte was written has a limit. */
const SIZE_HINT = 128 * 1024 * 1024;
/** A writer makes room for the longest varint, which the last one hardly is. */
const SPARE = 64;

/** What a way back has to give, for who knows it: then the bytes themselves are compared instead of a digest of them. */
export interface Expected {
  bytes: Uint8Array;
  digest: Uint8Array;
}

/** What the caller of a way back knows, and what it wants to be told. */
export interface Caller {
  expected?: Expected;
  written?: Written;
}

/** The original's bytes; undefined when they don't match the digest. Throws Misfit when the residual is of another profile. */
export function restore(
  dictionary: Dictionary,
  scope: Scope,
  residual: Residual,
  { expected, written }: Caller = {},
): Uint8Array | undefined {
  if (expected !== undefined && isOf(residual, expected)) {
    const { structure } = residual;
    if (structure === undefined) return undefined;
    const { facts, layout } = structure;
    const data = orderStrings(fromModel(dictionary, scope, facts, true), layout, facts);
    return encodesTo(data, layout, expected.bytes) ? expected.bytes : undefined;
  }
  const bytes = restoreUnproven(dictionary, scope, residual, true, written);
  return bytes && confirm(bytes, residual);
}

const isOf = ({ length, digest }: Residual, expected: Expected): boolean =>
  length === expected.bytes.length && equalBytes(digest, expected.digest);

/**
 * What a residual gives, whether it is the original or not; with its wire layout or without. Undefined where the
 * original is embedded. Throws Misfit when the residual is of another profile.
 */
export function restoreUnproven(
  dictionary: Dictionary,
  scope: Scope,
  { structure, length }: Residual,
  withLayout: boolean,
  written?: Written,
): Uint8Array | undefined {
  if (structure === undefined) return undefined;
  const { facts, layout } = structure;
  const data = orderStrings(fromModel(dictionary, scope, facts, true), layout, facts);
  return encode(data, withLayout ? layout : defaultLayout(), Math.min(length, SIZE_HINT) + SPARE, written);
}

/** The bytes when length and digest are those of the residual. */
export function confirm(bytes: Uint8Array, residual: Residual): Uint8Array | undefined {
  return bytes.length === residual.length && equalBytes(digest(bytes), residual.digest) ? bytes : undefined;
}

function styles({ data, observed }: Decoded): Layout['styles'] {
  const { sampleType, sample, mapping, location, function: fn } = data;
  const of = (name: MessageName, messages: number, columns: (Int32Column | Int64Column | undefined)[]) =>
    observed[name].style(name, messages, (field) => nonZero(columns[field]));
  const { periodType } = data;
  return {
    Profile: of('Profile', 1, []),
    ValueType: observed.ValueType.style(
      'ValueType',
      sampleType.length + (periodType === undefined ? 0 : 1),
      (field) => {
        const column = field === 1 ? sampleType.type : sampleType.unit;
        const own = field === 1 ? periodType?.type : periodType?.unit;
        return nonZero(column) + (own === undefined || own === 0 ? 0 : 1);
      },
    ),
    Sample: of('Sample', sample.length, []),
    Label: observed.Label.style('Label', sample.labels.values.length, (field) => {
      const { key, str, num, numUnit } = sample.label;
      const column = [key, key, str, num, numUnit][field];
      return sample.occurrences((row) => ('array' in column ? column.array[row] !== 0 : !column.isZero(row)));
    }),
    Mapping: observed.Mapping.style('Mapping', mapping.length, (field) => {
      if (field > 6) return countIf(mapping.has, (has) => ((has >>> (field - 7)) & 1) === 1);
      return nonZero(
        [
          undefined,
          mapping.id,
          mapping.memoryStart,
          mapping.memoryLimit,
          mapping.fileOffset,
          mapping.filename,
          mapping.buildId,
        ][field],
      );
    }),
    Location: of('Location', location.length, [
      undefined,
      location.id,
      location.mapping,
      location.address,
      undefined,
      location.isFolded,
    ]),
    Line: of('Line', location.line.length, [
      undefined,
      location.line.function,
      location.line.line,
      location.line.column,
    ]),
    Function: of('Function', fn.length, [undefined, fn.id, fn.name, fn.systemName, fn.filename, fn.startLine]),
  };
}

function nonZero(column: Int32Column | Int64Column | undefined): number {
  if (column === undefined) return 0;
  if ('array' in column) return countIf(column, (value) => value !== 0);
  let count = 0;
  for (let i = 0; i < column.length; i++) if (!column.isZero(i)) count++;
  return count;
}

function countIf(column: Int32Column, test: (value: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < column.length; i++) if (test(column.array[i])) count++;
  return count;
}
