// A short run of each target of the fuzzer, and proof that it finds what is wrong.

import { describe, expect, test } from 'vitest';
import { mutateBytes } from '../../fuzz/bytes.ts';
import { attempt, Finding, LEGS, surely } from '../../fuzz/oracle.ts';
import { TARGETS, type TargetName } from '../../fuzz/targets.ts';
import { mutateJson } from '../../fuzz/text.ts';
import { mutateWire, parse, write } from '../../fuzz/wire.ts';
import { PprofOtlpError } from '../../src/index.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';

describe.each(Object.keys(TARGETS) as TargetName[])('%s', (name) => {
  const target = TARGETS[name];

  test(
    'holds for changed seeds',
    () => {
      const { seed = Date.now() % 2 ** 31, numRuns = 0 } = runsOf(0.5);
      const random = new Random(seed);
      const seeds = target.seeds().filter(({ length }) => length < 4000);
      expect(seeds.length).toBeGreaterThan(5);
      for (let run = 0; run < numRuns; run++) {
        let bytes = random.pick(seeds);
        for (let i = 1 + random.below(3); i > 0; i--) bytes = target.mutate(bytes, random, random.pick(seeds));
        try {
          target.judge(bytes, random.below(LEGS));
        } catch (error) {
          throw new Error(`PROPERTY_SEED=${seed}, run ${run}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
        }
      }
    },
    patience,
  );
});

describe('a finding', () => {
  const fail = (error: unknown) => () => {
    throw error;
  };

  test('is any error but a refusal', () => {
    expect(attempt('x', () => 1)).toBe(1);
    expect(attempt('x', fail(new PprofOtlpError('bad-input', 'broken')))).toBeUndefined();
    expect(attempt('x', fail(new PprofOtlpError('limit', 'too much')))).toBeUndefined();
    for (const error of [
      new TypeError('x'),
      new PprofOtlpError('internal', 'x'),
      new PprofOtlpError('not-proven', 'x'),
    ])
      expect(() => attempt('x', fail(error))).toThrow(Finding);
    expect(() => attempt('x', fail(new PprofOtlpError('bad-input', 'two\nlines')))).toThrow(Finding);
  });

  test('is a refusal where there is no reason for one', () => {
    expect(() => surely('x', fail(new PprofOtlpError('bad-input', 'broken')))).toThrow(Finding);
  });
});

describe('mutations', () => {
  const message = Uint8Array.of(0x0a, 0x04, 0x08, 0x01, 0x10, 0x02, 0x10, 0x05, 0x1a, 0x02, 0x03, 0x04);

  test('records are written as they were read', () => {
    expect(write(parse(message) ?? [])).toEqual(message);
    expect(parse(Uint8Array.of(0x0a, 0x05, 1))).toBeUndefined();
  });

  test('of fields leave a message nearly always', () => {
    const random = new Random(1);
    const given = Array.from({ length: 500 }, () => mutateWire(message, random, message) ?? message);
    expect(new Set(given.map((bytes) => bytes.join())).size).toBeGreaterThan(100);
    expect(given.filter((bytes) => parse(bytes) !== undefined).length).toBeGreaterThan(400);
  });

  test('of JSON leave JSON often', () => {
    const random = new Random(1);
    const text = '{"a":[1,"x",{"b":null}],"c":"2"}';
    const given = Array.from({ length: 500 }, () => mutateJson(text, random, text));
    const isJson = (one: string): boolean => attempt('', () => parses(one)) ?? false;
    expect(new Set(given).size).toBeGreaterThan(100);
    expect(given.filter(isJson).length).toBeGreaterThan(250);
  });

  test('of bytes take any bytes', () => {
    const random = new Random(1);
    let bytes = new Uint8Array(0);
    for (let i = 0; i < 500; i++) bytes = new Uint8Array(mutateBytes(bytes, random, message).subarray(0, 100));
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
