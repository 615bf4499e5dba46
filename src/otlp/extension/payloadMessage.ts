import { Misfit } from '../../errors.ts';
import { MessageReader, MessageWriter } from '../../wire/message.ts';
import { TABLE, type Table } from '../schema.ts';
import type { AttributeRuns, PayloadFacts, TableLengths } from './payloadFacts.ts';
import { type Listed, type ListedEntries, TOLD_TABLES } from './toldEntries.ts';

const TABLES = Object.keys(TABLE) as Table[];

/** The message Payload of proto/extension.proto. */
export function encodePayloadFacts(facts: PayloadFacts): Uint8Array {
  const { streams, listed } = facts;
  return new MessageWriter()
    .bytes(1, facts.skeleton)
    .uint(2, facts.hasDictionary ? 1 : 0)
    .packed(
      3,
      TABLES.map((table) => facts.lengths[table]),
    )
    .bytes(4, facts.firstEntries)
    .message(5, encodeAttributes(facts.mappingAttributes))
    .message(6, encodeAttributes(facts.locationAttributes))
    .message(7, encodeListed(listed.stack))
    .message(8, encodeListed(listed.attribute))
    .message(9, encodeListed(listed.link))
    .uint(10, facts.sampleAnObservation ? 1 : 0)
    .packed(11, facts.groups)
    .packed(12, facts.columns)
    .packed(13, facts.sampleCounts)
    .packed(14, streams.stack)
    .packed(15, streams.attributeCount)
    .packed(16, streams.attribute)
    .packed(17, streams.link)
    .packed(18, facts.valueCounts)
    .packed(19, facts.timestampCounts)
    .packedSigned(20, facts.values)
    .packedSigned(21, facts.timestampSteps)
    .finish();
}

export function decodePayloadFacts(bytes: Uint8Array): PayloadFacts {
  const message = new MessageReader(bytes);
  const lengths = message.packedNumbers(3);
  if (lengths.length !== TABLES.length) throw new Misfit('the extension lacks table lengths');
  const listed = Object.fromEntries(
    TOLD_TABLES.map((table, i) => [table, decodeListed(message.message(7 + i))]),
  ) as unknown as ListedEntries;
  return {
    skeleton: message.bytes(1),
    hasDictionary: message.uint(2) !== 0,
    lengths: Object.fromEntries(TABLES.map((table, i) => [table, lengths[i]])) as unknown as TableLengths,
    firstEntries: message.bytes(4),
    mappingAttributes: decodeAttributes(message.message(5)),
    locationAttributes: decodeAttributes(message.message(6)),
    listed,
    sampleAnObservation: message.uint(10) !== 0,
    groups: message.packedNumbers(11),
    columns: message.packedNumbers(12),
    sampleCounts: message.packedNumbers(13),
    streams: {
      stack: message.packedNumbers(14),
      attributeCount: message.packedNumbers(15),
      attribute: message.packedNumbers(16),
      link: message.packedNumbers(17),
    },
    valueCounts: message.packedNumbers(18),
    timestampCounts: message.packedNumbers(19),
    values: message.packedSigned(20),
    timestampSteps: message.packedSigned(21),
  };
}

/** Each row as how many attributes it has, then the attributes. */
function encodeAttributes({ rows, runs }: AttributeRuns): MessageWriter {
  return new MessageWriter()
    .packed(
      1,
      rows.flatMap((row) => [row.length, ...row]),
    )
    .packed(2, runs);
}

function decodeAttributes(message: MessageReader): AttributeRuns {
  const numbers = message.packedNumbers(1);
  const rows: number[][] = [];
  for (let at = 0; at < numbers.length; ) {
    const end = at + 1 + numbers[at];
    if (end > numbers.length) throw new Misfit('a list of attributes is cut off');
    rows.push(numbers.slice(at + 1, end));
    at = end;
  }
  return { rows, runs: message.packedNumbers(2) };
}

function encodeListed(entries: readonly Listed[]): MessageWriter {
  let previous = -1;
  const steps = entries.map(({ index }) => {
    const step = index - previous - 1;
    previous = index;
    return step;
  });
  return new MessageWriter().packed(1, steps).list(
    2,
    entries.map(({ bytes }) => bytes),
  );
}

function decodeListed(message: MessageReader): Listed[] {
  const entries = message.list(2);
  let index = -1;
  const listed = message.packedNumbers(1).map((step, i) => {
    index += step + 1;
    const bytes = entries[i];
    if (bytes === undefined) throw new Misfit('a listed entry is not there');
    return { index, bytes };
  });
  return listed;
}
