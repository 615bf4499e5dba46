import { PprofOtlpError } from '../errors.ts';

export interface Resource {
  attributes: Record<string, string>;
  /** What of the environment could not be used. */
  warnings: string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const SERVICE_NAME = 'service.name';

/** The resource of the OTLP output: --resource wins over OTEL_SERVICE_NAME, that over OTEL_RESOURCE_ATTRIBUTES. */
export function resourceFrom(options: readonly string[], environment: Environment): Resource {
  const warnings: string[] = [];
  let attributes = new Map<string, string>();
  const list = environment.OTEL_RESOURCE_ATTRIBUTES;
  // Set to nothing is not set, by the specification of the SDK's environment variables.
  if (list) {
    try {
      attributes = parseAttributes(list);
    } catch (error) {
      warnings.push(`OTEL_RESOURCE_ATTRIBUTES is ignored: ${(error as Error).message}`);
    }
  }
  if (environment.OTEL_SERVICE_NAME) attributes.set(SERVICE_NAME, environment.OTEL_SERVICE_NAME);
  for (const [key, value] of parseOptions(options)) attributes.set(key, value);
  // fromEntries defines own properties: a key such as __proto__ stays a key.
  return { attributes: Object.fromEntries(attributes), warnings };
}

function parseOptions(options: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const option of options) {
    const equals = option.indexOf('=');
    if (equals < 1) throw new PprofOtlpError('usage', `--resource: "${option}" is not KEY=VALUE`);
    const key = option.slice(0, equals);
    if (attributes.has(key)) throw new PprofOtlpError('usage', `--resource: ${key} is given twice`);
    attributes.set(key, option.slice(equals + 1));
  }
  return attributes;
}

/** key1=value1,key2=value2, both percent-encoded. One error and the whole variable counts for nothing. */
function parseAttributes(list: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const item of list.split(',')) {
    if (item.trim() === '') continue;
    const equals = item.indexOf('=');
    if (equals < 0) throw new Error(`"${item.trim()}" is not key=value`);
    const key = decode(item.slice(0, equals));
    if (key === '') throw new Error(`"${item.trim()}" has no key`);
    attributes.set(key, decode(item.slice(equals + 1)));
  }
  return attributes;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    throw new Error(`"${text.trim()}" is not percent-encoded UTF-8`);
  }
}
