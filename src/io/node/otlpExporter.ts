import type { Agent, IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { PprofOtlpError } from '../../errors.ts';
import { compress } from './compress.ts';
import { systemCode } from './failure.ts';
import {
  agentFor,
  exchange,
  type Headers,
  isSamePlace,
  MOST_REDIRECTS,
  readBody,
  type Tls,
  wasSent,
  withDeadline,
} from './http.ts';
import { errorBody, excerpt, isPassing, reasonOf, shortened, statusText } from './httpFailure.ts';
import { decodeResponse, decodeStatus, type Status } from './otlpResponse.ts';
import { backoff, RETRYABLE, type RetryPolicy, retryAfter } from './retry.ts';
import { isUrl, shownUrl } from './url.ts';

export type Protocol = 'http/protobuf' | 'http/json';

/** Where and how requests are sent. */
export interface ExportTarget {
  /** With its path. */
  url: URL;
  /** Names in lower case; they go to this URL's place only. */
  headers: Headers;
  protocol: Protocol;
  compression: 'none' | 'gzip';
  /** Most time for one attempt, milliseconds. */
  timeout: number;
  tls: Tls;
}

export interface ExporterOptions {
  retry: RetryPolicy;
  userAgent: string;
  /** Told before each wait for another attempt. */
  onRetry?: (reason: string, wait: number) => void;
}

/** Ends exports that go on. */
export interface Stop {
  /** No more attempts; the one that runs may end. */
  closing?: AbortSignal;
  /** Not even that. */
  now?: AbortSignal;
}

/** What became of a request that the receiver took. */
export interface Exported {
  /** How often it was sent. */
  attempts: number;
  /** Bytes of the body as it was sent, compressed if that is on. */
  sentBytes: number;
  rejectedProfiles: number;
  errorMessage: string;
  /** Why it is not clear whether it was taken: an answer that is none of OTLP's. */
  unclear: string | undefined;
  warnings: string[];
}

/** Requests up to this size are refused for it by nobody. */
const SMALL = 1024 * 1024;
const HUNG_UP = new Set(['EPIPE', 'ECONNRESET']);

/** Answers of OTLP are small. */
const MOST_RESPONSE = 1024 * 1024;

/** The data model of the profiles, while the signal is in development: OTLP specification, Profiles Development Version. */
const DEVELOPMENT_VERSION: Headers = { 'otlp-profiles-development-version': '1' };

const CONTENT_TYPE: Record<Protocol, string> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
};

/** The headers of each request. */
export function requestHeaders({ headers, protocol, compression }: ExportTarget, userAgent: string): Headers {
  return {
    'user-agent': userAgent,
    ...DEVELOPMENT_VERSION,
    ...headers,
    'content-type': CONTENT_TYPE[protocol],
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    'accept-encoding': 'gzip',
  };
}

interface Failure {
  reason: string;
  /** Whether the same request may succeed later. */
  passing: boolean;
  /** What the server asks to wait, milliseconds. */
  after: number | undefined;
  /** The request had left: the server may have taken it. */
  sent: boolean;
  code: 'io' | 'limit';
  cause?: unknown;
}

/**
 * Sends ExportProfilesServiceRequests by OTLP/HTTP and tries again as the OTLP specification says. What was taken, even
 * in part, is never sent again. One at a time or several: a receiver that asks for time gets it from all.
 */
export class OtlpExporter {
  private readonly agents = new Map<string, Promise<Agent>>();
  /** The time for attempts was used up in vain: the next requests get one each until something gets through. */
  private exhausted = false;
  /** Nothing is sent before, by the clock of performance.now(). */
  private notBefore = 0;

  constructor(
    readonly target: ExportTarget,
    private readonly options: ExporterOptions,
  ) {}

  /** Closes the connections that wait for more. */
  async close(): Promise<void> {
    for (const agent of this.agents.values()) (await agent).destroy();
    this.agents.clear();
  }

  /**
   * @param payload an ExportProfilesServiceRequest in the target's encoding, uncompressed
   * @throws PprofOtlpError `io` when it was refused, or not taken until the time for that was over; `limit` when it is too
   *   large for the receiver
   */
  async export(payload: Uint8Array, { closing, now }: Stop = {}, onAttempt?: () => void): Promise<Exported> {
    const body = compress(payload, this.target.compression);
    const start = performance.now();
    let unanswered = 0;
    for (let attempts = 1; ; attempts++) {
      if (attempts === 1 && this.notBefore > start)
        await this.pause(this.notBefore - start, start, attempts, undefined, closing);
      onAttempt?.();
      const result = await this.attempt(body, payload.length, now);
      if (!('reason' in result)) {
        this.exhausted = false;
        return { ...result, attempts, warnings: [...twice(unanswered), ...result.warnings] };
      }
      if (result.sent) unanswered++;
      if (!result.passing) throw this.failed(result);
      // Servers that say 0 do not mean at once, without an end.
      const delay = result.after || backoff(attempts, this.options.retry);
      if (result.after !== undefined) this.notBefore = Math.max(this.notBefore, performance.now() + result.after);
      await this.pause(Math.max(delay, this.notBefore - performance.now()), start, attempts, result, closing);
    }
  }

  /** Waits, or gives up: when the wait would be too long, or the program ends. */
  private async pause(
    delay: number,
    start: number,
    attempts: number,
    failure: Failure | undefined,
    closing: AbortSignal | undefined,
  ): Promise<void> {
    const total = this.exhausted ? 0 : this.options.retry.total;
    const elapsed = performance.now() - start;
    const known = failure ?? { ...WAITING, after: delay };
    if (closing?.aborted) throw this.failed(known, '; given up: the program ends');
    if (elapsed + delay > total) {
      this.exhausted = true;
      throw this.failed(known, gaveUp(attempts, elapsed, known.after, this.options.retry.total));
    }
    if (failure !== undefined) this.options.onRetry?.(failure.reason, delay);
    try {
      await wait(delay, undefined, closing === undefined ? {} : { signal: closing });
    } catch {
      throw this.failed(known, '; given up: the program ends');
    }
  }

  private failed({ reason, code, cause }: Failure, more = ''): PprofOtlpError {
    return new PprofOtlpError(code, `can't push to ${shownUrl(this.target.url.href)}: ${reason}${more}`, {
      stage: 'write',
      ...(cause === undefined ? {} : { cause }),
    });
  }

  private async attempt(
    body: Uint8Array,
    size: number,
    now: AbortSignal | undefined,
  ): Promise<Failure | Omit<Exported, 'attempts'>> {
    try {
      return await withDeadline(this.target.timeout, now, async (signal) => {
        const message = await this.send(body, signal);
        if ('reason' in message) return message;
        const status = message.statusCode ?? 0;
        if (status >= 200 && status < 300) return await this.taken(message, body);
        return await this.refused(message, status, size, body.length);
      });
    } catch (error) {
      if (now?.aborted) return failure('given up: the program ends', { sent: wasSent(error) });
      const sent = wasSent(error);
      const reason = reasonOf(error, 'give it with --certificate or OTEL_EXPORTER_OTLP_CERTIFICATE');
      // A server that refuses a request by its size may hang up before all of it is there.
      const hungUp = !sent && body.length > SMALL && HUNG_UP.has(systemCode(error) ?? '');
      const hint = hungUp ? ` in the middle of the request; is it too large? ${tooLarge(size, body.length)}` : '';
      return failure(reason + hint, { passing: isPassing(error), sent, cause: error });
    }
  }

  /** The answer, behind redirects that keep the method. */
  private async send(body: Uint8Array, signal: AbortSignal): Promise<IncomingMessage | Failure> {
    const { target } = this;
    let url = target.url;
    let headers = requestHeaders(target, this.options.userAgent);
    for (let redirects = 0; ; redirects++) {
      const agent = await this.agent(url);
      const message = await exchange({ method: 'POST', url, headers, body, agent, signal });
      const { location } = message.headers;
      const isKept = message.statusCode === 307 || message.statusCode === 308;
      if (!isKept || location === undefined || !URL.canParse(location, url.href)) return message;
      message.destroy();
      const next = new URL(location, url);
      if (redirects === MOST_REDIRECTS) return failure(`more than ${MOST_REDIRECTS} redirects`);
      if (!isUrl(next.href) || (url.protocol === 'https:' && next.protocol === 'http:'))
        return failure(`the server redirects to ${shownUrl(next.href)}; give that as --endpoint if it is meant`);
      if (!isSamePlace(url, next)) headers = requestHeaders({ ...target, headers: {} }, this.options.userAgent);
      else [next.username, next.password] = [url.username, url.password];
      url = next;
    }
  }

  private agent(url: URL): Promise<Agent> {
    // The client's certificate is for the target, not for where that may lead.
    const tls = url.hostname === this.target.url.hostname ? this.target.tls : {};
    const agent = this.agents.get(url.origin) ?? agentFor(url.protocol, tls);
    this.agents.set(url.origin, agent);
    return agent;
  }

  private async taken(message: IncomingMessage, body: Uint8Array): Promise<Omit<Exported, 'attempts'>> {
    const all = { sentBytes: body.length, rejectedProfiles: 0, errorMessage: '', unclear: undefined, warnings: [] };
    let answer: Uint8Array;
    try {
      answer = await readBody(message, MOST_RESPONSE);
    } catch {
      message.destroy();
      return { ...all, warnings: [`the answer, ${await statusText(message.statusCode ?? 0)}, broke off`] };
    }
    const response = decodeResponse(answer, message.headers['content-type']);
    if (response !== undefined) return { ...all, ...response };
    const what = `${await statusText(message.statusCode ?? 0)}${excerpt(message, answer)}`;
    return { ...all, unclear: `the answer, ${what}, is none of an OTLP receiver; is the endpoint one?` };
  }

  private async refused(message: IncomingMessage, status: number, size: number, sent: number): Promise<Failure> {
    const body = await errorBody(message);
    const rpc = decodeStatus(body, message.headers['content-type']);
    const said = rpc === undefined ? excerpt(message, body) : ` (${rpcText(rpc)})`;
    const reason = `the server answered ${await statusText(status)}${said}`;
    if (status === 413 || (status === 400 && TOO_LARGE.test(rpc?.message ?? said)))
      return failure(`${reason}; ${tooLarge(size, sent)}`, { code: 'limit' });
    return failure(`${reason}${ADVICE[status] ?? redirectAdvice(message, status)}`, {
      passing: RETRYABLE.has(status),
      after: retryAfter(message.headers['retry-after'], Date.now()),
    });
  }
}

const failure = (reason: string, more: Partial<Failure> = {}): Failure => ({
  ...{ reason, passing: false, after: undefined, sent: false, code: 'io' },
  ...more,
});

const WAITING = failure('the server asked for time');

function gaveUp(attempts: number, elapsed: number, after: number | undefined, total: number): string {
  if (total === 0) return '';
  const times = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${seconds(elapsed)}`;
  if (after !== undefined && after > total) return `; it asks for ${seconds(after)}, more than --retry-for allows`;
  return `; given up after ${times}`;
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;

const twice = (unanswered: number): string[] =>
  unanswered === 0 ? [] : [`sent again after ${unanswered} without an answer: the receiver may have it twice`];

const rpcText = ({ code, message }: Status): string =>
  `"${shortened(message)}"${code === 0 ? '' : `, ${RPC_CODES[code] ?? `code ${code}`}`}`;

/** google.rpc.Code, by number. */
const RPC_CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** What receivers say with 400 that should be 413, the Collector's among them. */
const TOO_LARGE = /\btoo large\b|\blarger than\b|\bexceed\w* .*\b(size|limit|bytes)\b/i;

const CREDENTIALS = '; give credentials with --header or OTEL_EXPORTER_OTLP_HEADERS';

const ADVICE: Record<number, string> = {
  401: CREDENTIALS,
  403: CREDENTIALS,
  404: '; does the receiver take profiles, and at this path? a Collector needs a profiles pipeline',
  405: '; is it the endpoint of an OTLP receiver?',
  415: '; try another --protocol, or --compression none',
};

function redirectAdvice({ headers }: IncomingMessage, status: number): string {
  if (status < 300 || status > 399 || headers.location === undefined) return '';
  return `; it redirects to ${shownUrl(shortened(headers.location))}: give that as --endpoint`;
}

function tooLarge(size: number, sent: number): string {
  const compressed = sent === size ? '' : `, ${sent} compressed`;
  return `the request has ${size} bytes${compressed}: raise the receiver's limit (Collector: max_request_body_size, 20 MiB by default)`;
}
