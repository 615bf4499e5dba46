import { PprofOtlpError } from '../errors.ts';

/** What HTTP allows in a name; neither "=" nor ":", so that the first of these ends it. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*[=:]\s*(.*?)\s*$/s;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** They say how the message is sent, which is decided here. */
const OWN = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'otlp-profiles-development-version',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers as they are given on the command line, `KEY=VALUE` or `Key: value`, by their names in lower case. What is
 * wrong is said without the value: it may be a secret.
 */
export function parseHeaders(list: readonly string[], option: string): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [index, text] of list.entries()) {
    const [, name, value] = HEADER.exec(text) ?? [];
    if (name === undefined) {
      const which = list.length === 1 ? '' : ` (number ${index + 1})`;
      throw new PprofOtlpError('usage', `--${option}: what is given${which} is neither KEY=VALUE nor "Key: value"`);
    }
    const key = name.toLowerCase();
    const wrong = wrongHeader(key, value);
    if (wrong !== undefined) throw new PprofOtlpError('usage', `--${option}: ${wrong}`);
    if (headers.has(key)) throw new PprofOtlpError('usage', `--${option}: ${key} is given twice`);
    headers.set(key, value);
  }
  return Object.fromEntries(headers);
}

/** Why a header can't be sent; `key` in lower case. */
export function wrongHeader(key: string, value: string): string | undefined {
  if (OWN.has(key)) return `${key} is set by pprof-otlp itself; leave it out`;
  return VALUE.test(value) ? undefined : `the value of ${key} has characters that a header can't have`;
}
