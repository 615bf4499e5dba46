import type { Arrival, Watch } from '../io/node/httpInput.ts';
import { shownUrl } from '../io/node/url.ts';
import { printable } from './escape.ts';
import { formatSize } from './size.ts';

/** Work that is done before anybody starts to wonder needs no word. */
const PATIENCE_MS = 1000;
/** The translator is synchronous: nothing can be shown while it runs, so much input gets its line before. */
const SLOW_BYTES = 16 * 1024 * 1024;

/** One line at the bottom of a terminal that says what goes on; it leaves no trace. */
export class Progress {
  private readonly start = Date.now();
  private shown = false;

  constructor(
    private readonly enabled: boolean,
    private readonly total: number,
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
    const count = this.total > 1 ? `${index + 1}/${this.total} ` : '';
    const room = Math.max(20, (process.stderr.columns || 80) - 1) - news.length;
    process.stderr.write(`\r\x1b[K${`${verb} ${count}${printable(shownUrl(file))}...`.slice(0, room)}${news}`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}
