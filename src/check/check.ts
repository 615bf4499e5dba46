import { PprofOtlpError } from '../errors.ts';
import { Otlp } from './otlp/otlp.ts';
import { OTLP_RULES } from './otlp/rules.ts';
import type { Payload } from './payload.ts';
import { Pprof } from './pprof/pprof.ts';
import { PPROF_RULES } from './pprof/rules.ts';
import { read } from './reader.ts';
import type { Compression, Place, Rule, Severity } from './rule.ts';

export type Level = Severity | 'off';

export interface CheckOptions {
  /** Severities other than the rules' own, by id of the rule. */
  rules?: Readonly<Record<string, Level>>;
  /** List every place of a finding. By default the first few. */
  all?: boolean;
  /** How the pprof file is compressed; unknown by default. */
  compression?: Compression;
  /** The draft of OTLP that the payload had the layout of before it was brought to 1.11. */
  draft?: string;
  /** Whether byte offsets mean something to the caller: not when the payload was JSON or a draft. Default true. */
  offsets?: boolean;
}

/** Where a rule is broken, and how. */
export interface FindingPlace {
  /** In the words of the .proto file, such as `dictionary.mapping_table[3].memory_limit`; empty for the whole. */
  path: string;
  /** The last index of the path, null without. */
  index: number | null;
  /** In the uncompressed bytes, null when unknown. */
  offset: number | null;
  message: string;
}

/** All breaks of one rule. */
export interface Finding {
  rule: string;
  severity: Severity;
  /** What the rule asks for, and who says so. */
  says: string;
  source: string;
  count: number;
  /** The first few, or all of them if asked for. */
  places: FindingPlace[];
}

export interface CheckResult {
  format: 'pprof' | 'otlp';
  /** Errors first, then warnings, then infos; among those in the order of the rules. */
  findings: Finding[];
  /** Number of places, not of rules. */
  errors: number;
  warnings: number;
  infos: number;
}

/** A rule without its function, for whoever lists them. */
export type RuleInfo = Omit<Rule<never>, 'find'>;

export const RULES: readonly RuleInfo[] = [...OTLP_RULES, ...PPROF_RULES].map(({ id, severity, source, says }) => ({
  id,
  severity,
  source,
  says,
}));

/** Places that a finding lists unless all are asked for. */
const FEW = 5;
/** Places that a finding lists at most. */
const MOST = 100_000;
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * Checks an uncompressed pprof or OTLP payload (protobuf, the layout of 1.10 and 1.11) against the rules of its format.
 *
 * Throws PprofOtlpError `bad-input` for bytes that are no protobuf of this format, `usage` for a rule that does not exist.
 */
export function checkBytes(bytes: Uint8Array, format: 'pprof' | 'otlp', options: CheckOptions = {}): CheckResult {
  for (const id of Object.keys(options.rules ?? {}))
    if (!RULES.some((rule) => rule.id === id)) throw new PprofOtlpError('usage', `there is no rule ${id}`);
  return format === 'pprof'
    ? apply(PPROF_RULES, read(new Pprof(bytes, options.compression)), options)
    : apply(OTLP_RULES, read(new Otlp(bytes, options.draft)), options);
}

/** The results of several messages of one file as one, each place under its message. */
export function mergeResults(results: readonly CheckResult[], all = false): CheckResult {
  if (results.length === 1) return results[0];
  const findings = new Map<string, Finding>();
  results.forEach((result, i) => {
    for (const { places, count, ...rule } of result.findings) {
      const merged = findings.get(rule.rule) ?? { ...rule, count: 0, places: [] };
      findings.set(rule.rule, merged);
      merged.count += count;
      for (const place of places)
        if (merged.places.length < (all ? MOST : FEW))
          merged.places.push({ ...place, path: `[message ${i}] ${place.path}`.trim() });
    }
  });
  return resultOf(results[0].format, [...findings.values()]);
}

function apply<P extends Payload>(rules: readonly Rule<P>[], payload: P, options: CheckOptions): CheckResult {
  const most = options.all ? MOST : FEW;
  const findings: Finding[] = [];
  for (const { id, severity: own, says, source, find } of rules) {
    const severity = options.rules?.[id] ?? own;
    if (severity === 'off') continue;
    const finding: Finding = { rule: id, severity, says, source, count: 0, places: [] };
    find(payload, (place, say) => {
      if (finding.count++ < most) finding.places.push(described(payload, place, say(), options.offsets ?? true));
    });
    if (finding.count > 0) findings.push(finding);
  }
  return resultOf(payload.format.name, findings);
}

function resultOf(format: CheckResult['format'], findings: Finding[]): CheckResult {
  const total = (severity: Severity) =>
    findings.reduce((sum, finding) => sum + (finding.severity === severity ? finding.count : 0), 0);
  return {
    format,
    findings: findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
    errors: total('error'),
    warnings: total('warning'),
    infos: total('info'),
  };
}

function described(payload: Payload, place: Place, message: string, offsets: boolean): FindingPlace {
  const path = payload.path(place);
  const index = /\[(\d+)\](?!.*\[)/.exec(path)?.[1];
  return {
    path,
    index: index === undefined ? null : Number(index),
    offset: (offsets ? payload.offset(place) : undefined) ?? null,
    message,
  };
}
