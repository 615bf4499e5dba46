import { type Dictionary, type Samples, sameIdentity } from '../model/model.ts';
import { type Int64Column, sameColumn } from '../wire/columns.ts';
import { Mapper } from './toModel.ts';

/** Tells whether the samples of two profiles agree one for one in stack, attributes and link. */
export class SampleComparer {
  private mapper: Mapper | undefined;

  /** `withTimestamps`: in how many values and which timestamps they have as well. */
  constructor(
    private readonly dictionary: Dictionary,
    private readonly withTimestamps: boolean,
  ) {}

  /** Equal for samples that agree: how many there are, and the stacks of the first and the last. */
  key({ identity: { stack, length } }: Samples): string {
    this.mapper ??= new Mapper(this.dictionary);
    return length === 0
      ? '0'
      : `${length} ${this.mapper.stack(stack.array[0])} ${this.mapper.stack(stack.array[length - 1])}`;
  }

  same(a: Samples, b: Samples): boolean {
    if (a.identity.length !== b.identity.length) return false;
    if (this.withTimestamps && !sameObservations(a, b)) return false;
    return sameIdentity(a.identity, b.identity) || this.sameContent(a, b);
  }

  /** The same entry may stand in a table twice. */
  private sameContent({ identity: a }: Samples, { identity: b }: Samples): boolean {
    this.mapper ??= new Mapper(this.dictionary);
    const { mapper } = this;
    for (let i = 0; i < a.length; i++) {
      if (
        mapper.stack(a.stack.array[i]) !== mapper.stack(b.stack.array[i]) ||
        mapper.link(a.link.array[i]) !== mapper.link(b.link.array[i]) ||
        mapper.sortedAttributes(a.attributes, i).join() !== mapper.sortedAttributes(b.attributes, i).join()
      )
        return false;
    }
    return true;
  }
}

function sameObservations({ values: v, timestamps: s }: Samples, { values: w, timestamps: t }: Samples): boolean {
  if (v.start === undefined || w.start === undefined) {
    if (v.start !== w.start) return false;
  } else if (!sameColumn(v.start, w.start)) return false;
  if (s === undefined || t === undefined) return s === t;
  return sameColumn(s.start, t.start) && sameColumn64(s.unixNano, t.unixNano);
}

function sameColumn64(a: Int64Column, b: Int64Column): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a.lo[i] !== b.lo[i] || a.hiAt(i) !== b.hiAt(i)) return false;
  return true;
}
