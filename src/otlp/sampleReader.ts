import { SampleIdentity, type Samples } from '../model/model.ts';
import { equalRange } from '../wire/bytes.ts';
import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import { WireDecoder } from './wireDecoder.ts';

/** The samples of a profile, and where the fields that identify each stand: before its values, or the place does not help. */
interface Leader {
  identity: SampleIdentity;
  start: Int32Column;
  /** Negative where an identifying field stands behind a value. */
  size: Int32Column;
}

/**
 * Reads the samples of one scope's profiles. The profiles of a pprof list the same samples with other values: a profile
 * whose samples begin with the bytes that those of the first begin with shares its identity, and they are not read again.
 */
export class SampleReader extends WireDecoder {
  private leader: Leader | undefined;
  private identity = new SampleIdentity();
  private own: Leader = { identity: this.identity, start: new Int32Column(), size: new Int32Column() };
  private follows = false;
  /** How many samples of this profile were read. */
  private count = 0;
  private column = new Int64Column();
  /** Where each sample's values begin, once they are not one each. */
  private valueStart: Int32Column | undefined;
  private timestamps: Samples['timestamps'];

  /** To be called before each profile. */
  begin(): void {
    this.follows = this.leader !== undefined;
    this.count = 0;
    this.column = new Int64Column();
    this.valueStart = undefined;
    this.timestamps = undefined;
    if (!this.follows) this.standAlone(new SampleIdentity());
  }

  /** What was read since `begin`. */
  end(): Samples {
    const { leader, own, column, valueStart, timestamps } = this;
    if (this.follows && leader !== undefined && this.count < leader.identity.length) this.stopFollowing(leader);
    const identity = this.follows && leader !== undefined ? leader.identity : this.identity;
    this.leader ??= own;
    return { identity, values: { column, first: 0, stride: 1, start: valueStart }, timestamps };
  }

  /** Reads the sample whose length comes next. */
  sample(): void {
    const { r, column, leader } = this;
    const end = r.limit();
    const outer = r.end;
    const values = column.length;
    const times = this.timestamps?.unixNano.length;
    r.end = end;
    if (!this.follows || leader === undefined || !this.following(leader)) {
      column.length = values;
      if (times === undefined) this.timestamps = undefined;
      else if (this.timestamps !== undefined) this.timestamps.unixNano.length = times;
      this.identifying(r.pos);
    }
    r.end = outer;
    this.count++;
    const { valueStart, timestamps } = this;
    if (valueStart !== undefined) valueStart.push(column.length);
    else if (column.length !== values + 1) this.valueStart = counting(this.count, column.length);
    timestamps?.start.push(timestamps.unixNano.length);
  }

  /** Reads a sample that begins as that of the leader does; if it does not, only that. */
  private following(leader: Leader): boolean {
    const { r, count } = this;
    const at = r.pos;
    const size = count < leader.identity.length ? leader.size.array[count] : -1;
    if (size >= 0 && size <= r.end - at && equalRange(r.buf, at, at + size, r.buf, leader.start.array[count])) {
      r.pos = at + size;
      if (this.observations()) return true;
      r.pos = at;
    }
    this.stopFollowing(leader);
    return false;
  }

  /** Reads values and timestamps to the end; false at a field that identifies. */
  private observations(): boolean {
    const { r } = this;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      if (tag >>> 3 <= 3) {
        r.pos = at;
        return false;
      }
      this.observation(tag);
    }
    return true;
  }

  private observation(tag: number): void {
    const { r, column } = this;
    switch (tag) {
      case 0x20: // values
        r.varint();
        column.push(r.lo, r.hi);
        return;
      case 0x22: // values, packed
        r.packed(r.limit(), column);
        return;
      case 0x29: // timestamps_unix_nano
        r.fixed64();
        this.timestamp();
        return;
      case 0x2a: {
        // timestamps_unix_nano, packed
        const end = r.limit();
        if ((end - r.pos) % 8 !== 0) throw r.fail('timestamps_unix_nano is no whole number of fixed64');
        while (r.pos < end) {
          r.fixed64();
          this.timestamp();
        }
        return;
      }
      default:
        this.other(tag, 5, 'Sample');
    }
  }

  private timestamp(): void {
    const { r } = this;
    if (this.timestamps === undefined) {
      const start = new Int32Column(this.count + 1);
      for (let i = 0; i <= this.count; i++) start.push(0);
      this.timestamps = { start, unixNano: new Int64Column() };
    }
    this.timestamps.unixNano.push(r.lo, r.hi);
  }

  /** Reads a sample's fields from `start` on, which need not be those of the leader. */
  private identifying(start: number): void {
    const { r, identity, own } = this;
    let stack = 0;
    let link = 0;
    let size = -1;
    let isMixed = false;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      if (tag >>> 3 > 3) {
        if (size < 0) size = at - start;
        this.observation(tag);
        continue;
      }
      isMixed ||= size >= 0;
      switch (tag) {
        case 0x08: // stack_index
          stack = this.index();
          break;
        case 0x10: // attribute_indices
        case 0x12: // attribute_indices, packed
          this.indexes(tag, 2, identity.attributes.values);
          break;
        case 0x18: // link_index
          link = this.index();
          break;
        case 0x1a:
          throw r.fail(
            'has the layout of OTLP profiles before 1.10; leave out --otlp-version, or give the release that it has',
            at,
          );
        default:
          this.other(tag, 5, 'Sample');
      }
    }
    identity.stack.push(stack);
    identity.link.push(link);
    identity.attributes.close();
    own.start.push(start);
    own.size.push(isMixed ? -1 : size < 0 ? r.end - start : size);
  }

  private standAlone(identity: SampleIdentity): void {
    this.identity = identity;
    this.own = { identity, start: new Int32Column(), size: new Int32Column() };
  }

  /** What was read so far agrees with the leader, what follows need not. */
  private stopFollowing({ identity: { stack, link, attributes } }: Leader): void {
    this.follows = false;
    const { count } = this;
    const rows = new Rows();
    rows.offsets.append(attributes.offsets.array, 1, count + 1);
    rows.values.append(attributes.values.array, 0, attributes.offsets.array[count]);
    const identity = new SampleIdentity(rows);
    identity.stack.append(stack.array, 0, count);
    identity.link.append(link.array, 0, count);
    this.standAlone(identity);
  }
}

/** Where the values of `count` samples begin, of which all but the last have one: the ends of all but the first, too. */
function counting(count: number, length: number): Int32Column {
  const start = new Int32Column(count + 1);
  for (let i = 0; i < count; i++) start.push(i);
  start.push(length);
  return start;
}
