import { PprofOtlpError } from '../errors.ts';
import type { LiveOptions } from '../io/node/httpInput.ts';
import { isUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { parseDuration } from './duration.ts';
import { parseHeaders } from './headers.ts';

/** What is given for inputs that are URLs; an error where there are none. */
export function liveOptions({ command, files, values, lists }: Call): LiveOptions {
  // Where there is a place to send to as well, --header and --timeout are for that.
  const prefix = Object.hasOwn(command.options, 'source-header') ? 'source-' : '';
  const names = { header: `${prefix}header`, timeout: `${prefix}timeout` };
  const headers = lists[names.header];
  const timeout = values[names.timeout];
  const given = headers !== undefined ? names.header : timeout !== undefined ? names.timeout : undefined;
  if (given !== undefined && !files.some(isUrl)) {
    throw new PprofOtlpError('usage', `--${given} is for inputs that are URLs; leave it out`);
  }
  return {
    headers: parseHeaders(headers ?? [], names.header),
    prefix,
    timeout: timeout === undefined ? undefined : parseDuration(timeout, names.timeout),
  };
}
