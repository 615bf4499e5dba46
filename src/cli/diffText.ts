import type { ChalkInstance } from 'chalk';
import type { Difference, DiffResult, Example, SideSummary } from '../diff/difference.ts';
import { escapeData, escapeProperty, plainLine, printable } from './escape.ts';
import { counted, grouped } from './inspectQuantity.ts';
import { formatSize } from './size.ts';

/** What differs, for a person: the most important first, each with its first examples. */
export function diffText(a: string, b: string, result: DiffResult, paint: ChalkInstance): string[] {
  const sides = [sideLine('A', a, result.a, paint), sideLine('B', b, result.b, paint)];
  if (result.same) return [...sides, paint.green(sameText(result))];
  return [...sides, ...result.differences.flatMap((difference) => differenceLines(difference, paint))];
}

function sameText({ a, b }: DiffResult): string {
  return a.format === b.format ? 'no difference' : 'both say the same';
}

function sideLine(letter: string, name: string, side: SideSummary, paint: ChalkInstance): string {
  const format = side.format === 'otlp' ? 'OTLP' : 'pprof';
  const restored = side.restored ? ', carries the original, which is compared' : '';
  const facts = `${format}, ${formatSize(side.bytes)}, ${counted(side.samples, 'sample')}${restored}`;
  return `${letter} ${paint.bold(printable(name === '-' ? 'stdin' : name))}  ${paint.dim(facts)}`;
}

function differenceLines({ rank, title, count, examples }: Difference, paint: ChalkInstance): string[] {
  const color = rank === 'semantic' ? paint.red : paint.yellow;
  const told = examples.reduce((sum, example) => sum + example.count, 0);
  const more = count - told;
  return [
    '',
    `${color(printable(title))} ${paint.dim(`(${grouped(count)}${rank === 'identity' ? ', no change of meaning' : ''})`)}`,
    ...examples.flatMap((example) => exampleLines(example, paint)),
    ...(more > 0 && examples.length > 0 ? [paint.dim(`  and ${grouped(more)} more`)] : []),
  ];
}

function exampleLines({ what, a, b, count }: Example, paint: ChalkInstance): string[] {
  const times = count > 1 ? paint.dim(` ×${grouped(count)}`) : '';
  const line = (sign: string, text: string) =>
    paint[sign === '-' ? 'red' : 'green'](`    ${sign} ${printable(text) || '""'}`);
  return [`  ${printable(what)}${times}`, ...(a === null ? [] : [line('-', a)]), ...(b === null ? [] : [line('+', b)])];
}

/** An annotation for each kind of difference, on file B. */
export function diffGithub(a: string, b: string, result: DiffResult): string[] {
  if (result.same) return [plainLine(`pprof-otlp: ${a} and ${b}: ${sameText(result)}`)];
  const place = `file=${escapeProperty(b)},title=pprof-otlp`;
  return result.differences.map(({ rank, title, count, examples }) => {
    const [first] = examples;
    const sides =
      first === undefined ? '' : `: ${first.what}: ${first.a ?? 'nothing'} in A, ${first.b ?? 'nothing'} in B`;
    return `::${rank === 'semantic' ? 'error' : 'notice'} ${place}::${escapeData(`${title} (${count})${sides}`)}`;
  });
}
