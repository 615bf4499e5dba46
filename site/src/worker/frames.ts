import type { Dictionary } from '../../../src/model/model.ts';
import { Int32Column } from '../../../src/wire/columns.ts';
import { RowInterner } from '../../../src/wire/rows.ts';
import { StringInterner } from '../../../src/wire/strings.ts';
import { decodeText } from '../../../src/wire/text.ts';

const IS_ADDRESS = 1;
const IS_INLINED = 2;

/**
 * The frames that locations stand for, each known by its function and by its place. A function is a name and a file,
 * however often the tables list it; a frame without a name is its mapping, in brackets, as `inspect` has it. A place is
 * a function with a line, or with an address where there is no line.
 */
export class Frames {
  /** The function of each place. */
  readonly functionOf = new Int32Column();
  private readonly names = new StringInterner();
  private readonly files = new StringInterner();
  /** [name, file] */
  private readonly functions = new RowInterner();
  /** [function, low, high, flags] */
  private readonly places = new RowInterner();
  /** What is known already; -1 what is not. */
  private readonly placeOfLine: Int32Array;
  private readonly placeOfBare: Int32Array;

  constructor(private readonly dictionary: Dictionary) {
    const { locations } = dictionary;
    this.placeOfLine = new Int32Array(Math.max(locations.line.function.length, 1)).fill(-1);
    this.placeOfBare = new Int32Array(Math.max(locations.length, 1)).fill(-1);
  }

  get functionCount(): number {
    return this.functions.rows.length;
  }

  /** Calls `visit` with the place of each frame of a location, callers first: lines stand with the innermost first. */
  each(location: number, visit: (place: number) => void): void {
    const starts = this.dictionary.locations.lineStart.array;
    const start = starts[location];
    const end = starts[location + 1];
    if (start === end) visit(this.bare(location));
    for (let line = end - 1; line >= start; line--) visit(this.line(location, line, line < end - 1));
  }

  name(fn: number): string {
    return this.names.table.text(this.functions.rows.values.array[fn * 2]);
  }

  /** Empty where it is not known. */
  file(fn: number): string {
    return this.files.table.text(this.functions.rows.values.array[fn * 2 + 1]);
  }

  /** `file:line`, what is known of it; the address where there is no line. */
  placeText(place: number): string {
    const [fn, low, high, flags] = this.places.rows.values.array.subarray(place * 4, place * 4 + 4);
    const number = (BigInt(high) << 32n) | BigInt(low >>> 0);
    if ((flags & IS_ADDRESS) !== 0) return `0x${BigInt.asUintN(64, number).toString(16)}`;
    const file = this.file(fn);
    if (number === 0n) return file;
    return file === '' ? `line ${number}` : `${file}:${number}`;
  }

  isInlined(place: number): boolean {
    return (this.places.rows.values.array[place * 4 + 3] & IS_INLINED) !== 0;
  }

  private line(location: number, line: number, isInlined: boolean): number {
    if (this.placeOfLine[line] < 0) {
      const { functions, strings, locations } = this.dictionary;
      const { function: fns, line: lines } = locations.line;
      const fn = fns.array[line];
      const name = functions.name.array[fn];
      const isNamed = strings.size(name) > 0;
      const own = this.function(
        isNamed ? this.names.internFrom(strings, name) : this.mappingName(location),
        this.files.internFrom(strings, functions.filename.array[fn]),
      );
      const flags = isInlined ? IS_INLINED : 0;
      this.placeOfLine[line] = this.place([own, lines.lo[line], lines.hiAt(line), flags]);
    }
    return this.placeOfLine[line];
  }

  private bare(location: number): number {
    if (this.placeOfBare[location] < 0) {
      const { address } = this.dictionary.locations;
      const own = this.function(this.mappingName(location), this.files.internText(''));
      this.placeOfBare[location] = this.place([own, address.lo[location], address.hiAt(location), IS_ADDRESS]);
    }
    return this.placeOfBare[location];
  }

  private function(name: number, file: number): number {
    return this.functions.intern([name, file]);
  }

  private place(row: readonly [fn: number, low: number, high: number, flags: number]): number {
    const place = this.places.intern(row);
    if (place === this.functionOf.length) this.functionOf.push(row[0]);
    return place;
  }

  private mappingName(location: number): number {
    const { mappings, locations, strings } = this.dictionary;
    const mapping = locations.mapping.array[location];
    const path = mapping < mappings.length ? decodeText(strings.bytes(mappings.filename.array[mapping])) : '';
    return this.names.internText(path === '' ? '<unknown>' : `[${path.slice(path.lastIndexOf('/') + 1) || path}]`);
  }
}
