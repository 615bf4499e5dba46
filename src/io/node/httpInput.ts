import type { Agent, IncomingMessage } from 'node:http';
import { PprofOtlpError } from '../../errors.ts';
import {
  agentFor,
  exchange,
  FOLLOWED,
  type Headers,
  isSamePlace,
  MOST_REDIRECTS,
  readBody,
  TimedOut,
  TooLarge,
  withDeadline,
} from './http.ts';
import { errorBody, excerpt, readFailure, reasonOf, statusText } from './httpFailure.ts';
import { isUrl, parseUrl, recordingSeconds, shownUrl } from './url.ts';

/** How inputs that are URLs are read. */
export interface LiveOptions {
  /** Names in lower case; sent to the place of the URL, never to where it redirects. */
  headers?: Headers;
  /** Most time for the whole answer. Default: 60 s and what the URL's `seconds` parameter makes the server record. */
  timeout?: number | undefined;
  /** What the options for this are called in messages: --header and --timeout, or --source-header and --source-timeout. */
  prefix?: '' | 'source-';
}

/** What has arrived so far. */
export interface Arrival {
  milliseconds: number;
  bytes: number;
  /** Of the whole body, where the server says it. */
  total: number | undefined;
}

export interface Watch {
  signal?: AbortSignal;
  /** Called twice a second until all is there. */
  arrived?: (arrival: Arrival) => void;
}

export const DEFAULT_TIMEOUT = 60_000;
const WATCH_MS = 500;

/** Most time that reading a URL takes when nobody says how long. */
export function defaultTimeout(url: URL): number {
  return DEFAULT_TIMEOUT + recordingSeconds(url) * 1000;
}

const TRUST = 'set NODE_EXTRA_CA_CERTS=FILE to trust its authority';

/**
 * Reads the body that a URL answers with, following redirects.
 *
 * @param most bytes that the body may have, without its content-encoding
 * @returns the body; undefined when it is larger than `most`
 * @throws PprofOtlpError `io` when there is no answer, it is an error, or it breaks off; `usage` for no valid URL
 */
export async function readUrl(
  name: string,
  most: number,
  { headers = {}, timeout, prefix = '' }: LiveOptions = {},
  { signal, arrived }: Watch = {},
): Promise<Uint8Array | undefined> {
  const url = parseUrl(name);
  const start = performance.now();
  let bytes = 0;
  let total: number | undefined;
  const tell = () => arrived?.({ milliseconds: performance.now() - start, bytes, total });
  const watch = arrived === undefined ? undefined : setInterval(tell, WATCH_MS);
  const agents: Agent[] = [];
  try {
    return await withDeadline(timeout ?? defaultTimeout(url), signal, async (until) => {
      const message = await follow(url, headers, agents, until, `--${prefix}header`);
      return readBody(message, most, (_, size, length) => {
        bytes = size;
        total = length;
      });
    });
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    if (error instanceof PprofOtlpError) throw error;
    const broken = total !== undefined && bytes < total ? `, ${bytes} of ${total} bytes came` : '';
    throw readFailure(`${reasonOf(error, TRUST)}${broken}${moreTime(error, `--${prefix}timeout`)}`, error);
  } finally {
    clearInterval(watch);
    for (const agent of agents) agent.destroy();
  }
}

const moreTime = (error: unknown, option: string): string =>
  error instanceof TimedOut ? `; give more with ${option}` : '';

/** The answer at the end of the redirects. */
async function follow(
  url: URL,
  headers: Headers,
  agents: Agent[],
  signal: AbortSignal,
  option: string,
): Promise<IncomingMessage> {
  let at = url;
  let own = headers;
  for (let redirects = 0; ; redirects++) {
    const agent = await agentFor(at.protocol);
    agents.push(agent);
    // Profiles are compressed already, JSON is not.
    const message = await exchange({
      method: 'GET',
      url: at,
      headers: { accept: '*/*', 'accept-encoding': 'gzip', ...own },
      agent,
      signal,
    });
    const status = message.statusCode ?? 0;
    const { location } = message.headers;
    if (!FOLLOWED.has(status) || location === undefined) {
      if (status === 200) return message;
      throw readFailure(await answered(message, status, option));
    }
    message.destroy();
    if (redirects === MOST_REDIRECTS) throw readFailure(`more than ${MOST_REDIRECTS} redirects`);
    const next = target(location, at);
    if (!isSamePlace(at, next)) own = {};
    else [next.username, next.password] = [at.username, at.password];
    at = next;
  }
}

function target(location: string, base: URL): URL {
  const url = URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  if (url === undefined || !isUrl(url.href)) {
    throw readFailure(
      `the server redirects to ${JSON.stringify(shownUrl(location.slice(0, 200)))}, which is no http or https URL`,
    );
  }
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    throw readFailure(
      `the server redirects from https to ${shownUrl(url.href)}, which anybody can read and change; give that URL if it is meant`,
    );
  }
  return url;
}

const ADVICE: Record<number, string> = {
  404: '; check the path',
  407: '; the proxy wants credentials',
};

async function answered(message: IncomingMessage, status: number, option: string): Promise<string> {
  const body = await errorBody(message);
  const advice = status === 401 || status === 403 ? `; give credentials with ${option}` : (ADVICE[status] ?? '');
  return `the server answered ${await statusText(status)}${excerpt(message, body)}${advice}`;
}
