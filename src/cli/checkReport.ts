import type { Finding } from '../check/check.ts';
import type { CheckReport } from '../convert/check.ts';
import type { PprofOtlpError } from '../errors.ts';
import { shownUrl } from '../io/node/url.ts';
import { DONE, FINDING, statusOf } from './status.ts';

export type Style = 'text' | 'json' | 'github' | 'junit';

/** One object of `check --format json`: every key is always there, null where there is nothing to say. */
export interface CheckedFile {
  input: string;
  from: string | null;
  inputBytes: number | null;
  findings: Finding[];
  /** What was left out or changed before the check: unknown fields of JSON, the layout of a draft. */
  notes: string[];
  /** Number of places, not of rules. */
  errors: number;
  warnings: number;
  infos: number;
  error: { code: string; message: string; path: string | null; offset: number | null } | null;
  exit: number;
}

export function checked(input: string, report: CheckReport, strict: boolean): CheckedFile {
  const { from, inputBytes, findings, notes, errors, warnings, infos } = report;
  const exit = errors > 0 || (strict && warnings > 0) ? FINDING : DONE;
  return { input: shownUrl(input), from, inputBytes, findings, notes, errors, warnings, infos, error: null, exit };
}

export function unreadable(input: string, error: PprofOtlpError): CheckedFile {
  return {
    input: shownUrl(input),
    from: null,
    inputBytes: null,
    findings: [],
    notes: [],
    errors: 0,
    warnings: 0,
    infos: 0,
    error: { code: error.code, message: error.message, path: error.path ?? null, offset: error.offset ?? null },
    exit: statusOf(error.code),
  };
}

/** The places that are listed, and how many are not. */
export function placeLines({ places, count }: Finding): string[] {
  const rest = count - places.length;
  const lines = places.map(placeText);
  return rest === 0 ? lines : [...lines, `and ${rest} more; --all lists them`];
}

/** `@OFFSET message.path: what is wrong`. */
export function placeText({ path, offset, message }: Where & { message: string }): string {
  const where = [offset === null ? '' : `@${offset}`, path ?? ''].filter(Boolean).join(' ');
  return where === '' ? message : `${where}: ${message}`;
}

interface Where {
  path: string | null;
  offset: number | null;
}
