import { PprofOtlpError } from '../../errors.ts';

/** Whether an input is named by an http or https URL. A file of such a name needs `./` before it. */
export function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}

/** @throws PprofOtlpError `usage` for what is no http or https URL; `what` is where it was given */
export function parseUrl(text: string, what?: string): URL {
  const fail = (reason: string): PprofOtlpError =>
    new PprofOtlpError('usage', `${what === undefined ? '' : `${what}: `}${reason}`);
  if (!isUrl(text)) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
    if (scheme !== undefined) throw fail(`${scheme}:// is not supported; give an http:// or https:// URL`);
    throw fail(`"${shownUrl(text)}" is no URL; did you mean http://${shownUrl(text)}?`);
  }
  try {
    return new URL(text);
  } catch {
    throw fail(`"${shownUrl(text)}" is no valid URL`);
  }
}

/** Query parameters that are signatures or keys of object stores and gateways. */
const SECRET_PARAMETER = /([?&](?:[^=&#]*(?:signature|token|secret|password|credential|api[-_]?key)|sig|key)=)[^&#]+/gi;

/** A name as reports may print it: the password and the keys in a URL are not for logs. */
export function shownUrl(name: string): string {
  if (!name.includes('://')) return name;
  return name.replace(/^([^/?#]*:\/\/)[^/?#]*@/, '$1***@').replaceAll(SECRET_PARAMETER, '$1***');
}

/** How long a `/debug/pprof/` endpoint will record before it answers, in seconds: its `seconds` parameter. */
export function recordingSeconds(url: URL): number {
  const text = url.searchParams.get('seconds') ?? '';
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return Number.isFinite(seconds) ? seconds : 0;
}

/**
 * What a file that was made from a URL is called: as the file is, `cpu.pb.gz`; for what is no file, such as
 * `http://shop:6060/debug/pprof/heap`, with the host before it, `shop-6060-heap`.
 */
export function nameOfUrl(text: string, isFileName: (name: string) => boolean): string {
  const url = parseUrl(text);
  const last = url.pathname.split('/').filter(Boolean).at(-1) ?? '';
  const segment = safe(decoded(last));
  if (isFileName(segment)) return segment;
  return [safe(url.host), segment].filter(Boolean).join('-');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Letters, digits and what file names may have everywhere; never a hidden file or a step up. */
function safe(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|-+$/g, '')
    .slice(0, 100);
}
