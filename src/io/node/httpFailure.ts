import type { IncomingMessage } from 'node:http';
import { PprofOtlpError } from '../../errors.ts';
import { systemCode } from './failure.ts';
import { readBody, TimedOut, UnknownCoding } from './http.ts';

/** What happened to a connection, and what to do. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused; does a server listen there?',
  ECONNRESET: 'the server closed the connection',
  ECONNABORTED: 'the connection was given up',
  EPIPE: 'the server closed the connection',
  ENOTFOUND: 'no such host; check the name',
  EAI_AGAIN: 'the name of the host could not be looked up now',
  ETIMEDOUT: 'the server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EADDRNOTAVAIL: 'no free local port or address',
  EMFILE: 'too many open files',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  Z_BUF_ERROR: 'the body ends in the middle of its compression',
  Z_DATA_ERROR: 'the body is not compressed as its content-encoding says',
  ERR__ERROR_FORMAT_PADDING_1: 'the body is not compressed as its content-encoding says',
};

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What TLS says in the error of a system call, by words of OpenSSL; newer versions of Node have codes of their own. */
const TLS: readonly [RegExp, string][] = [
  [/wrong.version.number|packet.length.too.long|http.request/i, 'it does not speak TLS; is it http://?'],
  [/certificate.required/i, 'it wants a certificate of the client'],
  [/unknown.ca\b/i, 'it does not trust the certificate of the client'],
  [/handshake.failure/i, 'it refused the TLS handshake; does it want a certificate of the client?'],
];

/** Trying again may help: what is known not to be the fault of the call, of TLS or of the protocol. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

/** Whether the same request may succeed later: no connection, a broken one, no answer in time. */
export function isPassing(error: unknown): boolean {
  return error instanceof TimedOut || PASSING.has(systemCode(error) ?? '');
}

/** What went wrong between us and the server, as the sentence goes on after "can't read: ". `trust` is how to add an authority. */
export function reasonOf(error: unknown, trust: string): string {
  if (error instanceof TimedOut) return `no complete answer within ${error.milliseconds / 1000} s`;
  if (error instanceof UnknownCoding) return `the content-encoding "${error.message}" is not supported`;
  const code = systemCode(error);
  if (code?.startsWith('HPE_')) return `the answer is not HTTP/1.1 (${code}); does the port speak TLS or gRPC?`;
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL_')) return tlsReason((error as Error).message, code);
  const words = (code && WORDS[code]) ?? (error instanceof Error ? error.message : String(error));
  return `${words}${code === undefined ? '' : ` (${code})`}${UNTRUSTED.has(code ?? '') ? `; ${trust}` : ''}`;
}

function tlsReason(message: string, code: string): string {
  const known = TLS.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  if (known !== undefined) return known;
  // "write EPROTO 80AC:error:0A00010B:SSL routines:function:what it is:file:line:"
  const said = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1];
  return `TLS failed: ${said ?? shortened(message)} (${code})`;
}

/** `404 Not Found`. The words are HTTP's, not the server's. */
export async function statusText(status: number): Promise<string> {
  const { STATUS_CODES } = await import('node:http');
  const words = STATUS_CODES[status];
  return words === undefined ? String(status) : `${status} ${words}`;
}

const MOST_ERROR_BODY = 64 * 1024;
const MOST_EXCERPT = 200;

/** The body of an answer that is an error: as much of it as a person can do with, never a failure of its own. */
export async function errorBody(message: IncomingMessage): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  try {
    await readBody(message, MOST_ERROR_BODY, (chunk) => kept.push(chunk));
  } catch {
    // What came before it broke, or grew too large, is enough.
    message.destroy();
  }
  return Buffer.concat(kept);
}

/** ` (text/plain: "too many profiles")`: what the body of an error says, in one line; nothing when it says nothing. */
export function excerpt(message: IncomingMessage, body: Uint8Array): string {
  const type = (message.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const text = new TextDecoder().decode(body);
  const html = type === 'text/html' ? /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1] : undefined;
  const words = shortened(html ?? text);
  const isText = !body.includes(0) && words !== '' && !(type === 'text/html' && html === undefined);
  const parts = [type, isText ? `"${words}"` : ''].filter(Boolean);
  return parts.length === 0 ? '' : ` (${parts.join(': ')})`;
}

/** One line, and no more of it than a message can hold. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MOST_EXCERPT ? `${line.slice(0, MOST_EXCERPT)}...` : line;
}

export function readFailure(reason: string, cause?: unknown): PprofOtlpError {
  return new PprofOtlpError(
    'io',
    `can't read: ${reason}`,
    cause === undefined ? { stage: 'read' } : { stage: 'read', cause },
  );
}
