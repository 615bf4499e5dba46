import type { ChalkInstance } from 'chalk';
import type { Finding, Level } from '../check/check.ts';
import { junit } from './checkJunit.ts';
import { type CheckedFile, placeLines, placeText, type Style } from './checkReport.ts';
import { escapeData, escapeProperty, plainLine, printable, printableJson } from './escape.ts';
import { formatSize } from './size.ts';

/** Prints what was found in one file after the other. Findings are what the command is for: they go to standard output. */
export class CheckReporter {
  private readonly files: CheckedFile[] = [];

  constructor(
    private readonly style: Style,
    private readonly quiet: boolean,
    private readonly paint: ChalkInstance,
    private readonly rules: Readonly<Record<string, Level>>,
    private readonly strict: boolean,
  ) {}

  print(file: CheckedFile): void {
    if (this.style === 'junit') this.files.push(file);
    else if (this.style === 'json')
      this.write(this.quiet && file.exit === 0 ? [] : [printableJson(JSON.stringify(file))]);
    else if (this.style === 'github') this.write(githubLines(file, this.quiet));
    else this.write(textLines(file, this.quiet, this.paint), file.error === null ? process.stdout : process.stderr);
  }

  /** A word about the whole call, not about one file. */
  note(message: string): void {
    if (this.quiet) return;
    if (this.style === 'github') this.write([`::notice title=pprof-otlp::${escapeData(message)}`]);
    else this.write([`pprof-otlp: ${printable(message)}`], process.stderr);
  }

  /** A JUnit report is one document. */
  end(): void {
    if (this.style === 'junit') this.write([junit(this.files, this.rules, this.strict)]);
  }

  private write(lines: readonly string[], stream: NodeJS.WriteStream = process.stdout): void {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  }
}

export function textLines(file: CheckedFile, quiet: boolean, paint: ChalkInstance): string[] {
  const name = printable(nameOf(file));
  if (file.error !== null) return [`${name}: ${paint.red(printable(placeText(file.error)))}`];
  const color = { error: paint.red, warning: paint.yellow, info: paint.dim };
  const lines = shown(file, quiet).flatMap((finding) => [
    `${name}: ${color[finding.severity](finding.severity)} ${finding.rule}${timesText(finding)}; the rule: ${finding.says}`,
    ...placeLines(finding).map((line) => `  ${printable(line)}`),
  ]);
  const notes = file.notes.map((note) => `${name}: note: ${printable(note)}`);
  return quiet ? lines : [...lines, ...notes, `${name}: ${summary(file)}`];
}

/** One annotation a rule: a workflow shows ten of a step. */
export function githubLines(file: CheckedFile, quiet: boolean): string[] {
  const place = (title: string) => `file=${escapeProperty(file.input)},title=${escapeProperty(title)}`;
  if (file.error !== null) return [`::error ${place('pprof-otlp')}::${escapeData(placeText(file.error))}`];
  const level = { error: 'error', warning: 'warning', info: 'notice' };
  const lines = shown(file, quiet).map((finding) => {
    const text = [...placeLines(finding).map(printable), `The rule: ${finding.says}`].join('\n');
    return `::${level[finding.severity]} ${place(finding.rule)}::${escapeData(text)}`;
  });
  // The name of the program keeps a file name from beginning a line, where "::" would make it a command.
  return quiet ? lines : [...lines, plainLine(`pprof-otlp: ${nameOf(file)}: ${summary(file)}`)];
}

const shown = ({ findings, exit }: CheckedFile, quiet: boolean): Finding[] =>
  quiet ? findings.filter(({ severity }) => exit !== 0 && severity !== 'info') : findings;

const timesText = ({ count }: Finding): string => (count === 1 ? '' : ` (${count} times)`);

function summary({ from, inputBytes, errors, warnings, infos }: CheckedFile): string {
  const parts = [
    [errors, 'error'],
    [warnings, 'warning'],
    [infos, 'info'],
  ] as const;
  const found = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`);
  return `${found.join(', ') || 'nothing found'} (${from}, ${formatSize(inputBytes ?? 0)})`;
}

function nameOf({ input }: CheckedFile): string {
  return input === '-' ? 'stdin' : input;
}
