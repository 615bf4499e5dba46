import { MessageReader } from '../../wire/message.ts';

/** What an OTLP receiver says of a request that it took. */
export interface PartialSuccess {
  rejectedProfiles: number;
  /** Also a warning when nothing was rejected. */
  errorMessage: string;
}

/** What it says of one that it did not take: google.rpc.Status. */
export interface Status {
  code: number;
  message: string;
}

/** ExportProfilesServiceResponse; undefined when the body is none. */
export function decodeResponse(body: Uint8Array, contentType: string | undefined): PartialSuccess | undefined {
  if (body.length === 0) return { rejectedProfiles: 0, errorMessage: '' };
  return attempt(() => {
    if (!isJson(contentType)) {
      const partial = new MessageReader(body).message(1);
      return { rejectedProfiles: partial.uint(1), errorMessage: text(partial.bytes(2)) };
    }
    const response = objectOf(JSON.parse(text(body)));
    const partial = objectOf(response.partialSuccess ?? response.partial_success ?? {});
    const rejected = partial.rejectedProfiles ?? partial.rejected_profiles ?? 0;
    return {
      rejectedProfiles: Number(rejected),
      errorMessage: String(partial.errorMessage ?? partial.error_message ?? ''),
    };
  });
}

/** The status in the body of an error; undefined when there is none that says anything. */
export function decodeStatus(body: Uint8Array, contentType: string | undefined): Status | undefined {
  if (!isProtobuf(contentType) && !isJson(contentType)) return undefined;
  const status = attempt(() => {
    if (isJson(contentType)) {
      const { code = 0, message = '' } = objectOf(JSON.parse(text(body)));
      return { code: Number(code), message: String(message) };
    }
    const reader = new MessageReader(body);
    return { code: reader.uint(1), message: text(reader.bytes(2)) };
  });
  return status === undefined || status.message === '' ? undefined : status;
}

const isProtobuf = (contentType = ''): boolean => /^application\/(x-|vnd\.google\.)?protobuf\b/i.test(contentType);
const isJson = (contentType = ''): boolean => /^application\/json\b/i.test(contentType);

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  return value as Record<string, unknown>;
}

/** Whatever is wrong with the answer, the request is done: nothing is thrown. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
