import type { NewAttribute } from './dictionary.ts';
import type { AnyValue, Entry, Label, Sample } from './draft.ts';
import type { Tables } from './tables.ts';

/** A label of 1.3 with its strings. */
interface Said {
  str: string;
  num: bigint;
  unit: string;
}

/** Makes attributes of labels, which only 1.3 has, as docs/mapping.md says for the labels of pprof. */
export class Labels {
  /** The keys that have a number somewhere: a label with no value at all is 0 there, elsewhere an empty string. */
  private readonly numeric = new Set<string>();

  constructor(
    samples: readonly Sample[],
    private readonly tables: Tables,
  ) {
    for (const { label } of samples) {
      for (const one of label ?? []) {
        const { num, unit } = this.said(one);
        if (num !== 0n || unit !== '') this.numeric.add(this.key(one));
      }
    }
  }

  /** One attribute a key. */
  attributes({ label = [] }: Sample): NewAttribute[] {
    const byKey = new Map<string, Said[]>();
    for (const one of label) {
      const key = this.key(one);
      const labels = byKey.get(key);
      if (labels === undefined) byKey.set(key, [this.said(one)]);
      else labels.push(this.said(one));
    }
    return Array.from(byKey, ([key, labels]) => {
      // The unit of the attribute is that of its first number.
      const unit = labels.find(({ num, unit }) => num !== 0n || unit !== '')?.unit ?? '';
      const values = labels.map((one) => this.value(key, one, unit));
      const value = values.length === 1 ? values[0] : { array_value: { values } };
      return { key, value, unit: this.tables.dictionary.string(unit) };
    });
  }

  private key({ key, place }: Label): string {
    return this.tables.text(key, place, 'key');
  }

  private said({ str, num = 0n, num_unit, place }: Label): Said {
    const { tables } = this;
    return { str: tables.text(str, place, 'str'), num, unit: tables.text(num_unit, place, 'num_unit') };
  }

  /** A string, an integer of the attribute's unit, or a list of what the label says. */
  private value(key: string, { str, num, unit }: Said, attributeUnit: string): AnyValue {
    const isNumber = num !== 0n || unit !== '' || (str === '' && this.numeric.has(key));
    if (!isNumber) return { string_value: str };
    if (str === '' && unit === attributeUnit) return { int_value: num };
    const values: Entry[] = [];
    if (str !== '') values.push({ key: 'str', value: { string_value: str } });
    values.push({ key: 'num', value: { int_value: num } });
    if (unit !== '') values.push({ key: 'num_unit', value: { string_value: unit } });
    return { kvlist_value: { values } };
  }
}
