import { Misfit } from '../errors.ts';

/** A value that a residual must have. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Misfit('the residual lacks a value');
  return value;
}

/** A list of numbers as pairs. */
export function pairs(numbers: number[]): [number, number][] {
  const result: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) result.push([numbers[i], present(numbers[i + 1])]);
  return result;
}
