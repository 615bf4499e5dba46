import type { Agent, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { urlToHttpOptions } from 'node:url';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

export interface Tls {
  /** PEM: what the server's certificate is checked with, in place of the system's authorities. */
  ca?: Buffer;
  /** PEM of the client's own certificate and key. */
  cert?: Buffer;
  key?: Buffer;
}

/** What is wrong with certificates and keys, in the words of OpenSSL; undefined when they can be used. */
export async function tlsProblem({
  ca,
  cert,
  key,
}: Tls): Promise<{ of: 'authority' | 'client'; reason: string } | undefined> {
  let of: 'authority' | 'client' = 'authority';
  try {
    // A context takes an authority that is none without a word.
    if (ca !== undefined) new (await import('node:crypto')).X509Certificate(ca);
    of = 'client';
    if (cert !== undefined && key !== undefined) (await import('node:tls')).createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { of, reason: message.replace(/^error:[0-9A-F]+:[^:]*:[^:]*:/, '') };
  }
}

export interface Exchange {
  method: 'GET' | 'POST';
  url: URL;
  headers: Headers;
  body?: Uint8Array;
  agent: Agent;
  signal: AbortSignal;
}

/** Of an error: every byte of the request had left when it came, so that the server may have acted on it. */
export const SENT = Symbol('sent');

/** A kept connection that is older than this is not used again: servers close idle ones, often after a minute. */
const IDLE_MS = 15_000;

/** node:http and node:https are imported when they are needed: most runs have nothing to do with the network. */
export async function agentFor(protocol: string, tls: Tls = {}): Promise<Agent> {
  // As Node does with agents of its own, from 22.21 and 24.5 on; older ones do not know proxies.
  const proxy = process.env.NODE_USE_ENV_PROXY === '1' ? { proxyEnv: process.env } : {};
  const options = { keepAlive: true, timeout: IDLE_MS, ...proxy };
  if (protocol !== 'https:') return new (await import('node:http')).Agent(options);
  return new (await import('node:https')).Agent({ ...options, ...tls });
}

/**
 * Sends one request and gives the head of the answer; the body is still to be read. Rejects with the error of the
 * system, of TLS or of the parser, or with that of the signal.
 */
export async function exchange({ method, url, headers, body, agent, signal }: Exchange): Promise<IncomingMessage> {
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  return new Promise((resolve, reject) => {
    const length: Headers = body === undefined ? {} : { 'content-length': String(body.length) };
    const sending = request({ ...urlToHttpOptions(url), method, agent, signal, headers: { ...headers, ...length } });
    sending.on('response', resolve);
    sending.on('error', (error) => reject(Object.assign(error, { [SENT]: sending.writableFinished })));
    sending.end(body);
  });
}

/** The work was given up because its time was over. */
export class TimedOut extends Error {
  constructor(readonly milliseconds: number) {
    super(`timed out after ${milliseconds} ms`);
  }
}

/** Runs work that ends with its signal: after so many milliseconds, or when the outer signal says so. */
export async function withDeadline<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimedOut(milliseconds)), milliseconds);
  const stop = () => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    const reason: unknown = controller.signal.reason;
    throw reason instanceof Error ? Object.assign(reason, { [SENT]: wasSent(error) }) : reason;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}

export function wasSent(error: unknown): boolean {
  return (error as { [SENT]?: boolean } | null)?.[SENT] === true;
}

/** A content coding that is none of HTTP's. */
export class UnknownCoding extends Error {}

/** A body is larger than it may be. */
export class TooLarge extends Error {}

/** The body without its content codings, whole. Throws TooLarge above `most` bytes, while they come. */
export async function readBody(
  message: IncomingMessage,
  most: number,
  received: (chunk: Uint8Array, size: number, total: number | undefined) => void = () => {},
): Promise<Uint8Array> {
  const codings = codingsOf(message);
  const length = message.headers['content-length'];
  const total = length === undefined || codings.length > 0 ? undefined : Number(length);
  if (total !== undefined && total > most) {
    message.destroy();
    throw new TooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await decodedStream(message, codings)) {
    size += chunk.length;
    // Leaving the loop destroys the stream.
    if (size > most) throw new TooLarge();
    chunks.push(chunk);
    received(chunk, size, total);
  }
  return Buffer.concat(chunks, size);
}

function codingsOf({ headers }: IncomingMessage): string[] {
  return (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** The last coding is the outermost. */
async function decodedStream(message: IncomingMessage, codings: string[]): Promise<AsyncIterable<Uint8Array>> {
  if (codings.length === 0) return message;
  const { pipeline } = await import('node:stream');
  const zlib = await import('node:zlib');
  const decoders: Record<string, () => NodeJS.ReadWriteStream> = {
    gzip: zlib.createGunzip,
    'x-gzip': zlib.createGunzip,
    deflate: zlib.createInflate,
    br: zlib.createBrotliDecompress,
  };
  const stages = codings.reverse().map((coding) => {
    if (!Object.hasOwn(decoders, coding)) throw new UnknownCoding(coding);
    return decoders[coding]();
  });
  // What goes wrong reaches the reader of the last stage.
  return pipeline([message, ...stages], () => {}) as unknown as Readable;
}

export const FOLLOWED = new Set([301, 302, 303, 307, 308]);
export const MOST_REDIRECTS = 5;

/** Whether the headers of a request to `from`, which may be secrets, may go to `to`: its own place, or that with TLS. */
export function isSamePlace(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const upgraded = from.protocol === 'http:' && from.port === '' && to.protocol === 'https:' && to.port === '';
  return upgraded && from.hostname === to.hostname;
}
