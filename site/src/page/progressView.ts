import { formatSize } from '../../../src/cli/size.ts';
import { STEPS, type Step } from '../messages.ts';
import { byId, fill, h } from './dom.ts';

const SAYS: Record<(typeof STEPS)[number], string> = {
  read: 'Reading',
  decompress: 'Decompressing',
  inspect: 'Decoding',
  graph: 'Drawing',
  check: 'Checking',
  translate: 'Translating and proving',
};

/** How far the opening of a file is: the steps, and the bytes of the one that knows them. */
export class ProgressView {
  private readonly card = byId('progress');
  private readonly meter = byId<HTMLProgressElement>('progress-bar');

  show(step: Step, done = 0, of = 0): void {
    const at = STEPS.indexOf(step as (typeof STEPS)[number]);
    if (at < 0 || this.card.hidden) return;
    const part = of > 0 ? done / of : 0;
    this.meter.max = STEPS.length;
    this.meter.value = at + part;
    const bytes = of > 0 ? `, ${formatSize(done)} of ${formatSize(of)}` : '';
    byId('progress-step').textContent = `${SAYS[STEPS[at]]}${bytes}`;
    fill(
      byId('steps'),
      ...STEPS.map((each, i) =>
        h(
          'li',
          { class: i < at ? 'past' : i === at ? 'now' : 'next', ...(i === at ? { 'aria-current': 'step' } : {}) },
          SAYS[each],
        ),
      ),
    );
  }

  begin(): void {
    this.card.hidden = false;
    this.show('read');
  }

  end(): void {
    this.card.hidden = true;
  }
}
