import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { CopyPredictor, LabelOrderPredictor } from '../../src/pprof/facts.ts';

describe('CopyPredictor', () => {
  test('expects a new copy while there is one, then the last', () => {
    const predictor = new CopyPredictor([{ entry: 5, count: 2 }], false);
    const seen: number[] = [];
    for (let neighbour = 1; neighbour <= 4; neighbour++) {
      const copy = predictor.predict(5, neighbour);
      predictor.take(5, neighbour, copy);
      seen.push(copy);
    }
    expect(seen).toEqual([0, 1, 1, 1]);
  });

  test('expects behind a neighbour what stood behind it before', () => {
    const predictor = new CopyPredictor([{ entry: 5, count: 2 }], false);
    predictor.take(5, 1, 0);
    predictor.take(5, 2, 1);
    expect([predictor.predict(5, 1), predictor.predict(5, 2), predictor.predict(5, 3)]).toEqual([0, 1, 1]);
    predictor.take(5, 1, 1);
    expect(predictor.predict(5, 1)).toBe(1);
  });

  test('keeps entries apart', () => {
    const predictor = new CopyPredictor(
      [
        { entry: 1, count: 2 },
        { entry: 2, count: 2 },
      ],
      false,
    );
    predictor.take(1, 0, 0);
    expect([predictor.predict(1, 9), predictor.predict(2, 9), predictor.predict(2, 0)]).toEqual([1, 0, 0]);
    expect([predictor.has(1), predictor.has(3)]).toEqual([true, false]);
  });

  test('nothing at all is copy 0 of the zero entry', () => {
    const predictor = new CopyPredictor([{ entry: 0, count: 2 }], true);
    expect(predictor.predict(0, 0)).toBe(1);
    predictor.take(0, 0, 0);
    expect(predictor.predict(0, 0)).toBe(0);
    predictor.take(0, 0, 1);
    expect(() => predictor.take(0, 0, 2)).toThrow(Misfit);
  });

  test.each<[string, number]>([
    ['that was skipped', 1],
    ['that is not there', 2],
  ])('refuses a copy %s', (_, copy) => {
    expect(() => new CopyPredictor([{ entry: 3, count: 2 }], false).take(3, 0, copy)).toThrow(Misfit);
  });

  test('never predicts a copy that it would refuse', () => {
    const references = fc.array(
      fc.record({ entry: fc.nat({ max: 2 }), after: fc.nat({ max: 3 }), stray: fc.boolean() }),
    );
    fc.assert(
      fc.property(references, fc.integer({ min: 2, max: 4 }), (list, count) => {
        const predictor = new CopyPredictor(
          [0, 1, 2].map((entry) => ({ entry, count })),
          true,
        );
        for (const { entry, after, stray } of list)
          predictor.take(entry, after, stray ? 0 : predictor.predict(entry, after));
      }),
    );
  });
});

describe('LabelOrderPredictor', () => {
  test('expects the order that the same keys had last, at first key order', () => {
    const predictor = new LabelOrderPredictor();
    expect(predictor.knowsNone).toBe(true);
    expect(predictor.predict([0, 1, 9], 2)).toBeUndefined();
    expect(predictor.predict([0, 1], 2)).toBeUndefined();
    predictor.take([1, 0]);
    expect(predictor.knowsNone).toBe(false);
    expect(predictor.predict([0, 1, 2], 3)).toBeUndefined();
    expect(predictor.predict([0, 1, 9], 2)).toEqual([1, 0]);
    predictor.take([0, 1]);
    expect(predictor.predict([0, 1], 2)).toEqual([0, 1]);
    expect(predictor.predict([0, 2], 2)).toBeUndefined();
  });
});
