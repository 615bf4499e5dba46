import { readFile } from 'node:fs/promises';
import { PprofOtlpError } from '../errors.ts';
import { ioError } from '../io/node/failure.ts';
import { type Headers, type Tls, tlsProblem } from '../io/node/http.ts';
import type { ExportTarget, Protocol } from '../io/node/otlpExporter.ts';
import { parseUrl, shownUrl } from '../io/node/url.ts';
import type { Call } from './args.ts';
import { parseDuration } from './duration.ts';
import { parseHeaders, wrongHeader } from './headers.ts';
import { PROTOCOLS, PUSH_COMPRESSIONS } from './specs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Target {
  target: ExportTarget;
  /** What of the environment could not be used, and what looks wrong. Without values of headers. */
  warnings: string[];
}

const PATH = '/v1development/profiles';
const DEFAULT_ENDPOINT = 'http://localhost:4318';
const DEFAULT_TIMEOUT = 10_000;
const GRPC_PORT = '4317';

/**
 * Where and how to send: the option, else OTEL_EXPORTER_OTLP_PROFILES_X, else OTEL_EXPORTER_OTLP_X, as the
 * specification of the OTLP exporter has it. What is wrong in an option is an error; in the environment, which is made
 * for many programs, a warning.
 */
export async function exporterTarget({ values, lists }: Call, environment: Environment): Promise<Target> {
  const variables = new Variables(environment);
  const protocol = protocolOf(values.protocol, variables);
  const target: ExportTarget = {
    url: endpointOf(values.endpoint, variables),
    headers: { ...headersOf(variables), ...parseHeaders(lists.header ?? [], 'header') },
    protocol,
    compression: (values.compression as ExportTarget['compression'] | undefined) ?? compressionOf(variables),
    timeout: values.timeout === undefined ? timeoutOf(variables) : parseDuration(values.timeout, 'timeout'),
    tls: await tlsOf(values, variables),
  };
  if (target.url.port === GRPC_PORT)
    variables.warn('port 4317 is that of OTLP/gRPC, which is not spoken here; OTLP/HTTP has 4318');
  if (target.url.protocol === 'http:' && Object.keys(target.tls).length > 0)
    variables.warn('the endpoint is http://, so no certificate is used');
  return { target, warnings: variables.warnings };
}

interface Variable {
  name: string;
  value: string;
}

/** The variables of the exporter. Set to nothing is not set. */
class Variables {
  readonly warnings: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** The one for profiles, or the one for all signals. */
  find(name: string): Variable | undefined {
    return this.own(name) ?? this.get(`OTEL_EXPORTER_OTLP_${name}`);
  }

  own(name: string): Variable | undefined {
    return this.get(`OTEL_EXPORTER_OTLP_PROFILES_${name}`);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  private get(name: string): Variable | undefined {
    const value = this.environment[name]?.trim();
    return value ? { name, value } : undefined;
  }
}

/** The endpoint of the signal is used as it is; to that of all signals the path of the signal is added. */
function endpointOf(option: string | undefined, variables: Variables): URL {
  if (option !== undefined) return withPath(endpointUrl(option, '--endpoint'), true);
  const own = variables.own('ENDPOINT');
  if (own !== undefined) return endpointUrl(own.value, own.name);
  const general = variables.find('ENDPOINT');
  return withPath(endpointUrl(general?.value ?? DEFAULT_ENDPOINT, general?.name ?? ''), false);
}

function endpointUrl(text: string, where: string): URL {
  if (/^grpcs?:/i.test(text))
    throw new PprofOtlpError(
      'usage',
      `${where}: ${shownUrl(text)} is for gRPC, which push does not speak; ${USE_HTTP}`,
    );
  const url = parseUrl(text, where);
  url.hash = '';
  return url;
}

/** @param once a path that is there already is not added again */
function withPath(url: URL, once: boolean): URL {
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = once && path.endsWith(PATH) ? path : path + PATH;
  return url;
}

const USE_HTTP = 'give the http:// or https:// endpoint of OTLP/HTTP, port 4318 by default';

function protocolOf(option: string | undefined, variables: Variables): Protocol {
  if (option !== undefined) return option === 'grpc' ? refuseGrpc('--protocol') : (option as Protocol);
  const variable = variables.find('PROTOCOL');
  if (variable === undefined) return 'http/protobuf';
  if (variable.value === 'grpc') return refuseGrpc(variable.name);
  if (PROTOCOLS.includes(variable.value as Protocol)) return variable.value as Protocol;
  variables.warn(`${variable.name} is ignored: it is none of ${PROTOCOLS.join(', ')}`);
  return 'http/protobuf';
}

function refuseGrpc(where: string): never {
  const how = where.startsWith('--')
    ? 'give http/protobuf or http/json'
    : 'set OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL=http/protobuf or give --protocol';
  throw new PprofOtlpError('usage', `${where} is grpc, which push does not speak; ${how}, and an endpoint for it`);
}

function compressionOf(variables: Variables): ExportTarget['compression'] {
  const variable = variables.find('COMPRESSION');
  if (variable === undefined) return 'none';
  const known = PUSH_COMPRESSIONS.find((name) => name === variable.value.toLowerCase());
  if (known === undefined) variables.warn(`${variable.name} is ignored: it is none of ${PUSH_COMPRESSIONS.join(', ')}`);
  return known ?? 'none';
}

function timeoutOf(variables: Variables): number {
  const variable = variables.find('TIMEOUT');
  if (variable === undefined) return DEFAULT_TIMEOUT;
  const milliseconds = Number(variable.value);
  if (/^\d+$/.test(variable.value) && milliseconds > 0 && milliseconds < 2 ** 31) return milliseconds;
  variables.warn(`${variable.name} is ignored: it is no number of milliseconds`);
  return DEFAULT_TIMEOUT;
}

/** `key1=value1,key2=value2`, values percent-encoded, as in W3C baggage. An item that is none is left out. */
function headersOf(variables: Variables): Headers {
  const variable = variables.find('HEADERS');
  const headers: Record<string, string> = {};
  for (const [index, item] of (variable?.value.split(',') ?? []).entries()) {
    if (item.trim() === '') continue;
    const [, name, encoded] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*?)\s*$/s.exec(item) ?? [];
    const key = name?.toLowerCase() ?? '';
    const value = percentDecoded(encoded ?? '');
    const wrong = name === undefined ? 'it is not key=value' : wrongHeader(key, value);
    if (wrong === undefined) headers[key] = value;
    else variables.warn(`item ${index + 1} of ${variable?.name} is ignored: ${wrong}`);
  }
  return headers;
}

/** A value that is not encoded is taken as it is: many are written so. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function tlsOf(values: Call['values'], variables: Variables): Promise<Tls> {
  const read = async (option: string, name: string): Promise<Buffer | undefined> => {
    const variable = variables.find(name);
    const path = values[option] ?? variable?.value;
    if (path === undefined) return undefined;
    try {
      return await readFile(path);
    } catch (error) {
      throw ioError(error, 'read', `${values[option] === undefined ? variable?.name : `--${option}`} ${path}`);
    }
  };
  const ca = await read('certificate', 'CERTIFICATE');
  const cert = await read('client-certificate', 'CLIENT_CERTIFICATE');
  const key = await read('client-key', 'CLIENT_KEY');
  if ((cert === undefined) !== (key === undefined)) {
    const [has, lacks] = cert === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
    throw new PprofOtlpError('usage', `a client ${has} without a client ${lacks}; give --client-${lacks} as well`);
  }
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const problem = await tlsProblem(tls);
  if (problem === undefined) return tls;
  const what = problem.of === 'client' ? 'the client certificate and its key' : 'the certificate of the authority';
  throw new PprofOtlpError('usage', `${what} can't be used: ${problem.reason}; give PEM files that belong together`);
}
