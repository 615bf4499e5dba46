import type { Arrival, Watch } from '../io/node/httpInput.ts';
import { shownUrl } from '../io/node/url.ts';
import { printable } from './escape.ts';
import { formatSize } from './size.ts';

/** Work that is done before anybody starts to wonder needs no word. */
const PATIENCE_MS = 1000;
/** The translator is synchronous: nothing can be shown while it runs, so much input gets its line before. */
const SLOW_BYTES = 16 * 1024 * 1024;
/** A small file costs as much as so many bytes of a large one. */
const FILE_BYTES = 32 * 1024;
const MOST_OFTEN_MS = 100;

/** One line at the bottom of a terminal that says what goes on; it leaves no trace. */
export class Progress {
  private readonly start = Date.now();
  private shown = false;
  private lastShown = 0;
  private done = 0;
  private doneBytes = 0;

  /** @param bytes size of all inputs together, as they are stored */
  constructor(
    private readonly enabled: boolean,
    private readonly total: number,
    private readonly bytes = 0,
  ) {}

  /** @param size bytes that the step has to chew on, as far as they are known */
  step(verb: string, index: number, file: string, size = 0): void {
    if (!this.enabled || (Date.now() - this.start < PATIENCE_MS && size < SLOW_BYTES)) return;
    this.show(verb, index, file, '');
  }

  /** For what is read from a URL: how much is there, and for how long it has been waited for. */
  watch(index: number, file: string): Watch {
    if (!this.enabled) return {};
    return {
      arrived: ({ milliseconds, bytes, total }: Arrival) => {
        if (milliseconds < PATIENCE_MS) return;
        const size = total === undefined ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(total)}`;
        this.show('reading', index, file, ` ${bytes === 0 ? `waiting ${Math.round(milliseconds / 1000)} s` : size}`);
      },
    };
  }

  /** What is last on the line is what is new; the name makes room for it. */
  private show(verb: string, index: number, file: string, news: string): void {
    const count = this.total > 1 ? `${index + 1}/${this.total} ${this.rate()}` : '';
    this.write(`${verb} ${count}${printable(shownUrl(file))}...`, news);
  }

  /** One more input of this size is done. */
  advance(size: number): void {
    this.done++;
    this.doneBytes += size;
  }

  /** How far all is, where many are worked on at a time. */
  overall(verb: string): void {
    const now = Date.now();
    const isDue = now - this.start >= PATIENCE_MS && now - this.lastShown >= MOST_OFTEN_MS;
    if (!this.enabled || !isDue || this.done === this.total) return;
    this.lastShown = now;
    this.write(`${verb} ${this.done}/${this.total} ${this.rate()}`);
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }

  private write(line: string, news = ''): void {
    const room = Math.max(20, (process.stderr.columns || 80) - 1) - news.length;
    process.stderr.write(`\r\x1b[K${line.slice(0, room)}${news}`);
    this.shown = true;
  }

  /** `(85 files/s, 1.2 MiB/s, 0:42 left) `, as soon as there is something to tell it from. */
  private rate(): string {
    const seconds = (Date.now() - this.start) / 1000;
    if (this.done === 0 || seconds < 1) return '';
    const work = (files: number, bytes: number): number => files * FILE_BYTES + bytes;
    const share = work(this.done, this.doneBytes) / work(this.total, this.bytes);
    const left = Math.max(0, seconds / share - seconds);
    const files = this.done / seconds;
    const perSecond = `${files < 10 ? files.toFixed(1) : Math.round(files)} files/s`;
    return `(${perSecond}, ${formatSize(this.doneBytes / seconds)}/s, ${duration(left)} left) `;
  }
}

/** `0:42`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
