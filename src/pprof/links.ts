import { type DictionaryBuilder, LINK_SIZE } from '../model/dictionary.ts';
import { hexId, SPAN_KEYS, SPAN_SIZE, TRACE_KEYS, TRACE_SIZE } from '../model/links.ts';
import { distinctBelow } from '../wire/columns.ts';
import type { PprofData } from './data.ts';

const LONGEST_KEY = 16;

/** Finds the link that a sample's labels name. The labels stay as they are. */
export class LinkFinder {
  /** The pprof strings that are such keys, in the order above. */
  private readonly traceKeys: number[];
  private readonly spanKeys: number[];
  private readonly links = new Map<string, number>();

  constructor(
    private readonly data: PprofData,
    private readonly builder: DictionaryBuilder,
  ) {
    const { label } = data.sample;
    const used = distinctBelow(data.strings.length, label.key).filter((key) => data.strings.size(key) <= LONGEST_KEY);
    const named = (names: string[]) => names.flatMap((name) => used.filter((key) => data.strings.text(key) === name));
    this.traceKeys = named(TRACE_KEYS);
    this.spanKeys = named(SPAN_KEYS);
  }

  /** The link of a sample's labels, which `start` to `end` of `labels` name: the first valid trace id with the first valid span id; 0 without either. */
  find(start: number, end: number): number {
    if (this.traceKeys.length === 0 || this.spanKeys.length === 0) return 0;
    const trace = this.first(this.traceKeys, start, end, TRACE_SIZE);
    const span = trace && this.first(this.spanKeys, start, end, SPAN_SIZE);
    if (trace === undefined || span === undefined) return 0;
    const known = this.links.get(trace + span);
    if (known !== undefined) return known;
    const ids = trace + span;
    const link = this.builder.link(
      Uint8Array.from({ length: LINK_SIZE }, (_, i) => Number.parseInt(ids.slice(2 * i, 2 * i + 2), 16)),
    );
    this.links.set(ids, link);
    return link;
  }

  /** The first valid id under one of these keys, in lower case hex. */
  private first(keys: number[], start: number, end: number, size: number): string | undefined {
    const { strings, sample } = this.data;
    const { key, str, num } = sample.label;
    const rows = sample.labels.values.array;
    for (const wanted of keys) {
      for (let i = start; i < end; i++) {
        const at = rows[i];
        if (key.array[at] !== wanted) continue;
        // Datadog's ids are decimal, as text or as numbers.
        const mayBeDecimal = strings.text(wanted).includes(' ');
        const isText = strings.size(str.array[at]) > 0;
        const text = isText ? strings.text(str.array[at]) : mayBeDecimal ? `${num.unsigned(at)}` : '';
        const id = hexId(text, size, mayBeDecimal);
        if (id !== undefined) return id;
      }
    }
    return undefined;
  }
}
