import type { FormatName } from '../../../src/io/formats.ts';
import type { ReadOptions } from '../messages.ts';
import { byId } from './dom.ts';

/** Takes a file from the chooser, or dropped anywhere on the page. */
export class DropZone {
  private readonly chooser = byId<HTMLInputElement>('file');
  private readonly from = byId<HTMLSelectElement>('from');
  private readonly version = byId<HTMLSelectElement>('otlp-version');

  constructor(
    private readonly open: (file: File, read: ReadOptions, others: number) => void,
    again: () => void,
  ) {
    for (const id of ['choose', 'another']) byId(id).addEventListener('click', () => this.chooser.click());
    this.chooser.addEventListener('change', () => {
      this.take(this.chooser.files);
      // The same file may be chosen again.
      this.chooser.value = '';
    });
    for (const control of [this.from, this.version]) control.addEventListener('change', again);
    // A drag over the page enters and leaves every element on its way.
    let depth = 0;
    const mark = () => document.body.classList.toggle('dragging', depth > 0);
    addEventListener('dragenter', (event) => {
      if (event.dataTransfer?.types.includes('Files') === true) depth++;
      mark();
    });
    addEventListener('dragleave', () => {
      depth = Math.max(depth - 1, 0);
      mark();
    });
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      depth = 0;
      mark();
      this.take(event.dataTransfer?.files ?? null);
    });
  }

  /** What the controls say of how to read the file. */
  get read(): ReadOptions {
    return {
      ...(this.from.value === '' ? {} : { from: this.from.value as FormatName }),
      ...(this.version.value === '' ? {} : { otlpVersion: this.version.value }),
    };
  }

  private take(files: FileList | null): void {
    const file = files?.[0];
    if (file !== undefined) this.open(file, this.read, (files?.length ?? 1) - 1);
  }
}
