import { Misfit } from '../../errors.ts';

/**
 * Table indexes of which most are as predicted: how many were, then one that was not, and so on. 0 stands for the index
 * that was never used so far and comes next, any other number for the index plus one.
 */
export interface IndexCoder {
  /** The writer takes `actual`, the reader tells it; both return it. */
  code(predicted: number, next: number, actual?: number): number;
}

export class IndexWriter implements IndexCoder {
  readonly runs: number[] = [];
  private asPredicted = 0;

  code(predicted: number, next: number, actual = predicted): number {
    if (actual === predicted) this.asPredicted++;
    else {
      this.runs.push(this.asPredicted, actual === next ? 0 : actual + 1);
      this.asPredicted = 0;
    }
    return actual;
  }
}

export class IndexReader implements IndexCoder {
  private at = 0;
  private left: number;

  constructor(private readonly runs: readonly number[]) {
    if (runs.length % 2 !== 0) throw new Misfit('a run of indexes is cut off');
    this.left = runs.length === 0 ? Number.POSITIVE_INFINITY : runs[0];
  }

  code(predicted: number, next: number): number {
    if (this.left > 0) {
      this.left--;
      return predicted;
    }
    const symbol = this.runs[this.at + 1];
    this.at += 2;
    this.left = this.at < this.runs.length ? this.runs[this.at] : Number.POSITIVE_INFINITY;
    return symbol === 0 ? next : symbol - 1;
  }

  /** Whether everything was read. */
  get isDone(): boolean {
    return this.at >= this.runs.length;
  }
}
