import { printable } from './escape.ts';

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
    const count = this.total > 1 ? `${index + 1}/${this.total} ` : '';
    const room = Math.max(20, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r\x1b[K${`${verb} ${count}${printable(file)}...`.slice(0, room)}`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}
