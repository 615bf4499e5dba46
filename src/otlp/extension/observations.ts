import { Misfit } from '../../errors.ts';
import { type Profile, type Samples, valuesFrom, valuesTo } from '../../model/model.ts';
import { high, Int32Column, Int64Column, low } from '../../wire/columns.ts';
import type { PayloadFacts } from './payloadFacts.ts';
import { IndexReader, IndexWriter } from './runs.ts';

/** How many values and timestamps each sample has. */
export interface Shape {
  values: Int32Array;
  timestamps: Int32Array;
}

/** How many values and timestamps the samples of the profiles have, and those that no pprof holds. */
export function measureObservations(
  profiles: readonly Profile[],
): Pick<PayloadFacts, 'valueCounts' | 'timestampCounts' | 'values' | 'timestampSteps'> {
  const valueCounts = new IndexWriter();
  const timestampCounts = new IndexWriter();
  const values: bigint[] = [];
  const timestampSteps: bigint[] = [];
  for (const { samples } of profiles) {
    const { column } = samples.values;
    const { timestamps } = samples;
    let lastValues = 1;
    let lastTimestamps = 0;
    let time = 0n;
    for (let i = 0; i < samples.identity.length; i++) {
      const from = valuesFrom(samples.values, i);
      const to = valuesTo(samples.values, i);
      lastValues = valueCounts.code(lastValues, -1, to - from);
      for (let at = from; at < to - 1; at++) values.push(column.signed(at));
      const begin = timestamps?.start.array[i] ?? 0;
      const end = timestamps?.start.array[i + 1] ?? 0;
      lastTimestamps = timestampCounts.code(lastTimestamps, -1, end - begin);
      for (let at = begin; at < end; at++) {
        const next = timestamps?.unixNano.unsigned(at) ?? 0n;
        timestampSteps.push(BigInt.asIntN(64, next - time));
        time = next;
      }
    }
  }
  return { valueCounts: valueCounts.runs, timestampCounts: timestampCounts.runs, values, timestampSteps };
}

/** The reader's side of `measureObservations`. `shape` and then `restore` are called for the profiles in turn. */
export class ObservationReader {
  private readonly valueCounts: IndexReader;
  private readonly timestampCounts: IndexReader;
  private nextValue = 0;
  private nextTimestamp = 0;
  private valuesLeft: number;
  private timestampsLeft: number;

  constructor(private readonly facts: PayloadFacts) {
    this.valueCounts = new IndexReader(facts.valueCounts);
    this.timestampCounts = new IndexReader(facts.timestampCounts);
    this.valuesLeft = facts.values.length;
    this.timestampsLeft = facts.timestampSteps.length;
  }

  shape(samples: number): Shape {
    const values = new Int32Array(samples);
    const timestamps = new Int32Array(samples);
    let lastValues = 1;
    let lastTimestamps = 0;
    for (let i = 0; i < samples; i++) {
      lastValues = this.valueCounts.code(lastValues, -1);
      lastTimestamps = this.timestampCounts.code(lastTimestamps, -1);
      this.valuesLeft -= Math.max(lastValues - 1, 0);
      this.timestampsLeft -= lastTimestamps;
      if (!(this.valuesLeft >= 0 && this.timestampsLeft >= 0 && lastValues >= 0 && lastTimestamps >= 0))
        throw new Misfit('samples have more observations than there are');
      values[i] = lastValues;
      timestamps[i] = lastTimestamps;
    }
    return { values, timestamps };
  }

  restore(
    shape: Shape,
    rows: Int32Column,
    { column, first, stride }: Samples['values'],
  ): Pick<Samples, 'values' | 'timestamps'> {
    const restored = new Int64Column();
    const start = new Int32Column();
    const times = { start: new Int32Column(), unixNano: new Int64Column() };
    let time = 0n;
    for (let i = 0; i < shape.values.length; i++) {
      start.push(restored.length);
      times.start.push(times.unixNano.length);
      if (shape.values[i] > 0) {
        let rest = 0n;
        for (let row = rows.array[i]; row < rows.array[i + 1]; row++) rest += column.signed(first + row * stride);
        for (let k = 1; k < shape.values[i]; k++) {
          const value = this.facts.values[this.nextValue++];
          restored.push(low(value), high(value));
          rest -= value;
        }
        restored.push(low(rest), high(rest));
      }
      for (let k = 0; k < shape.timestamps[i]; k++) {
        time = BigInt.asUintN(64, time + this.facts.timestampSteps[this.nextTimestamp++]);
        times.unixNano.push(low(time), high(time));
      }
    }
    start.push(restored.length);
    times.start.push(times.unixNano.length);
    return { values: { column: restored, first: 0, stride: 1, start }, timestamps: times };
  }
}
