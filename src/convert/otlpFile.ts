import { PprofOtlpError } from '../errors.ts';
import { DEFAULT_MAX_SIZE } from '../io/compression.ts';
import { containerOf, join as joinFile, plainForm, split } from '../io/container.ts';
import { type FormatName, formatName, type InputForm } from '../io/formats.ts';
import { isJson } from '../io/json.ts';
import { hasResidual } from '../otlp/drafts/residual.ts';
import { LAYOUTS, type Layout, RELEASES, schemaOf } from '../otlp/drafts/schemas.ts';
import { upgrade } from '../otlp/drafts/upgrade.ts';
import { layoutsOf, undecided } from '../otlp/drafts/version.ts';
import type { FileForm } from '../otlp/extension/message.ts';
import { join } from '../otlp/join/join.ts';
import { decodeJson } from '../otlp/json/decode.ts';
import { encodeJson } from '../otlp/json/encode.ts';
import { normalise } from '../otlp/layout/layout.ts';
import type { InputOptions, OtlpForm } from './options.ts';

/** Messages of OTLP profiles, each ProfilesData 1.11 in protobuf, and how they lay in their file. */
export interface OtlpMessages {
  messages: Uint8Array[];
  form: FileForm;
}

export interface OtlpFile extends OtlpMessages {
  /** The form of the file by its name. */
  name: FormatName;
  /** The layout that each message had. */
  layouts: Layout[];
  warnings: string[];
}

/** A message that lay in a file of its own. */
export const NO_FORM: FileForm = { container: new Uint8Array(0), json: [] };

/**
 * Reads OTLP in any form that DESIGN names: protobuf of any draft, JSON, and several messages in one file.
 * Throws PprofOtlpError `bad-input` for what cannot be read or tells its draft from no other.
 */
export function readOtlpFile(bytes: Uint8Array, { container }: InputForm, options: InputOptions): OtlpFile {
  const { messages: pieces, form } = split(bytes, container ?? 'protobuf', options.maxSize ?? DEFAULT_MAX_SIZE);
  if (pieces.length === 0)
    throw new PprofOtlpError('bad-input', 'has no messages; nothing to translate', { stage: 'decode' });
  const warnings = new Set<string>();
  const layouts: Layout[] = [];
  const json = pieces.map(
    (piece) => container === 'json' || container === 'jsonl' || (container === 'frames' && isJson(piece)),
  );
  const messages = pieces.map((piece, i) => {
    try {
      // JSON names its fields, so the layouts of protobuf do not matter to it.
      layouts.push(json[i] ? currentOnly(options) : layoutIn(piece, options));
      return json[i] ? fromJson(piece, options, warnings) : inCurrentLayout(piece, layouts[i], warnings);
    } catch (error) {
      throw pieces.length === 1 ? error : inMessage(error, i);
    }
  });
  return {
    messages,
    form: { container: container === 'protobuf' ? new Uint8Array(0) : form, json: json.includes(true) ? json : [] },
    name: formatName(container ?? 'protobuf'),
    layouts,
    warnings: [...warnings],
  };
}

function fromJson(text: Uint8Array, { strict = false }: InputOptions, warnings: Set<string>): Uint8Array {
  const { payload, unknown } = decodeJson(text);
  if (unknown.length === 0) return payload;
  const drafts = draftNames();
  const older = unknown.filter((path) => drafts.has(path.slice(path.lastIndexOf('.') + 1)));
  if (older.length > 0) {
    const message = `has fields of an older draft: ${older.join(', ')}`;
    throw new PprofOtlpError('bad-input', `${message}; drafts are read from protobuf only`, { stage: 'decode' });
  }
  const message = `fields that OTLP does not know: ${unknown.join(', ')}`;
  if (strict)
    throw new PprofOtlpError('bad-input', `${message}; leave out --strict to do without them`, { stage: 'decode' });
  warnings.add(`${message}; left out`);
  return payload;
}

/** Names of fields that only drafts have: leaving such out would lose what they say. */
function draftNames(): Set<string> {
  const names = (layout: Layout): string[] =>
    Object.values(schemaOf(layout)).flatMap((fields) => fields.flatMap((field) => field?.json ?? []));
  const current = new Set(names('current'));
  return new Set(LAYOUTS.flatMap(names).filter((name) => !current.has(name)));
}

function layoutIn(message: Uint8Array, { otlpVersion }: InputOptions): Layout {
  if (otlpVersion !== undefined) return layoutOf(otlpVersion);
  // Residuals are written in the current layout only.
  if (hasResidual(message)) return 'current';
  const layouts = layoutsOf(message);
  if (layouts.length === 1) return layouts[0];
  throw new PprofOtlpError('bad-input', undecided(layouts), { stage: 'detect' });
}

function currentOnly({ otlpVersion }: InputOptions): Layout {
  if (otlpVersion === undefined || layoutOf(otlpVersion) === 'current') return 'current';
  throw new PprofOtlpError(
    'usage',
    `OTLP ${otlpVersion} is read from protobuf only; leave out --otlp-version for JSON`,
  );
}

function inCurrentLayout(message: Uint8Array, layout: Layout, warnings: Set<string>): Uint8Array {
  if (layout === 'current') return message;
  const upgraded = upgrade(message, layout);
  warnings.add(`has the layout of OTLP ${layout}: upgraded to 1.11`);
  for (const warning of upgraded.warnings) warnings.add(warning);
  return upgraded.payload;
}

function layoutOf(release: string): Layout {
  if (Object.hasOwn(RELEASES, release)) return RELEASES[release];
  throw new PprofOtlpError('usage', `no OTLP version "${release}"; give one of ${Object.keys(RELEASES).join(', ')}`);
}

export interface OtlpOutput {
  bytes: Uint8Array;
  form: FormatName;
  warnings: string[];
}

/** Writes messages as they lay in the file that they came from, or in another form. */
export function writeOtlpFile(messages: readonly Uint8Array[], form: FileForm, to: OtlpForm | undefined): OtlpOutput {
  const json = new JsonTexts();
  const give = (bytes: Uint8Array, name: FormatName): OtlpOutput => ({ bytes, form: name, warnings: json.warnings });
  if (to === undefined) {
    const texts = messages.map((message, i) => (form.json[i] ? json.text(message) : message));
    const container = form.container.length === 0 ? plainForm('protobuf') : form.container;
    return give(joinFile(texts, container), formatName(containerOf(container)));
  }
  // Protobuf that was made of JSON spells out every zero.
  const plain = messages.map((message, i) => (form.json[i] ? normalise(message).canonical : message));
  if (to === 'otlp') return give(onePayload(plain), to);
  const texts = to === 'otlp-jsonl' ? messages : [messages.length === 1 ? messages[0] : onePayload(plain)];
  return give(
    joinFile(
      texts.map((message) => json.text(message)),
      plainForm(to === 'otlp-jsonl' ? 'jsonl' : 'json'),
    ),
    to,
  );
}

class JsonTexts {
  private unknown = false;

  text(message: Uint8Array): Uint8Array {
    const { json, unknown } = encodeJson(message);
    this.unknown ||= unknown;
    return json;
  }

  get warnings(): string[] {
    return this.unknown ? ['fields that OTLP does not know, which JSON cannot say; left out'] : [];
  }
}

/** Several messages in one file are one payload with several resources. */
export function onePayload(messages: readonly Uint8Array[]): Uint8Array {
  if (messages.length === 1) return messages[0];
  return join(messages.map((message) => normalise(message).canonical)).payload;
}

/** The error with the message that it is about before its path. */
export function inMessage(error: unknown, index: number): unknown {
  if (!(error instanceof PprofOtlpError)) return error;
  const { code, message, stage = 'decode', path, offset } = error;
  const where = path === undefined ? `[message ${index}]` : `[message ${index}] ${path}`;
  return new PprofOtlpError(code, message, {
    stage,
    path: where,
    cause: error,
    ...(offset === undefined ? {} : { offset }),
  });
}
