import type { ChalkInstance } from 'chalk';
import { escapeData, escapeProperty, plainLine, printable, printableJson } from './escape.ts';
import type { FileReport } from './report.ts';
import { formatSize } from './size.ts';

export type Style = 'text' | 'json' | 'github';

/** Prints the report of one file after the other. */
export class Reporter {
  constructor(
    private readonly style: Style,
    private readonly quiet: boolean,
    private readonly paint: ChalkInstance,
    /** The report keeps off standard output when data goes there. */
    private readonly dataOnStdout: boolean,
  ) {}

  print(report: FileReport): void {
    const lines =
      this.style === 'json'
        ? this.quiet && report.error === null
          ? []
          : [printableJson(JSON.stringify(report))]
        : this.style === 'github'
          ? githubLines(report, this.quiet)
          : textLines(report, this.quiet, this.paint);
    if (lines.length > 0) this.stream.write(`${lines.join('\n')}\n`);
  }

  /** A word about the whole call, not about one file. */
  warn(message: string): void {
    if (this.quiet) return;
    const line =
      this.style === 'github'
        ? `::warning title=pprof-otlp::${escapeData(message)}`
        : `${this.paint.yellow('pprof-otlp: warning:')} ${printable(message)}`;
    (this.style === 'github' ? this.stream : process.stderr).write(`${line}\n`);
  }

  /** What is no warning. */
  note(message: string): void {
    if (this.quiet) return;
    if (this.style === 'github') this.stream.write(`::notice title=pprof-otlp::${escapeData(message)}\n`);
    else process.stderr.write(`pprof-otlp: ${printable(message)}\n`);
  }

  private get stream(): NodeJS.WriteStream {
    return this.style === 'text' || this.dataOnStdout ? process.stderr : process.stdout;
  }
}

export function textLines(report: FileReport, quiet: boolean, paint: ChalkInstance): string[] {
  const name = printable(displayName(report.input));
  const warnings = report.warnings.map((warning) => `${name}: ${paint.yellow('warning:')} ${printable(warning)}`);
  if (report.error !== null) {
    const lines = quiet ? [] : warnings;
    return [`${name}: ${paint.red(printable(errorText(report.error)))}`, ...lines];
  }
  return quiet ? [] : [summary(report, paint), ...warnings];
}

/** `@OFFSET message.path: what is wrong; what to do`. */
export function errorText(error: NonNullable<FileReport['error']>): string {
  const where = [error.offset === null ? '' : `@${error.offset}`, error.path ?? ''].filter(Boolean).join(' ');
  return where === '' ? error.message : `${where}: ${error.message}`;
}

export function githubLines(report: FileReport, quiet: boolean): string[] {
  const place = `file=${escapeProperty(report.input)},title=pprof-otlp`;
  const lines = quiet ? [] : report.warnings.map((warning) => `::warning ${place}::${escapeData(warning)}`);
  if (report.error !== null) return [`::error ${place}::${escapeData(errorText(report.error))}`, ...lines];
  // The name of the program keeps a file name from beginning a line, where "::" would make it a command.
  return quiet ? [] : [plainLine(`pprof-otlp: ${summary(report)}`), ...lines];
}

function summary(report: FileReport, paint?: ChalkInstance): string {
  const color = (paintWith: ((text: string) => string) | undefined, text: string): string => paintWith?.(text) ?? text;
  const name = printable(displayName(report.input));
  const target = report.output === null ? '' : ` -> ${printable(displayName(report.output, 'stdout'))}`;
  if (report.skipped) return `${name}${target}: already there, ${color(paint?.green, 'proven')}`;
  const types = report.sampleTypes ?? [];
  const sizes = `${label(report.from)} ${formatSize(report.inputBytes ?? 0)} -> ${label(report.to)} ${formatSize(report.outputBytes ?? 0)}`;
  const parts = [
    color(paint?.dim, sizes),
    `${report.samples} ${report.samples === 1 ? 'sample' : 'samples'} of ${types.map(printable).join(', ') || 'no type'}`,
    carriedText(report),
    report.proven ? color(paint?.green, 'proven') : color(paint?.yellow, 'not proven'),
    deliveryText(report),
  ];
  return `${name}${target}: ${parts.filter(Boolean).join(', ')}`;
}

function carriedText(report: FileReport): string {
  if (report.exactReturn === true) return 'exact return';
  if (report.carried === 'none' || report.carried === null) return report.fidelity ?? '';
  return `carried ${report.carried} in ${formatSize(report.residualBytes ?? 0)}`;
}

function deliveryText({ delivery }: FileReport): string {
  if (delivery === undefined) return '';
  if (delivery.requests === 0) return 'nothing to send';
  if (delivery.dryRun) return delivery.requests === 1 ? 'not sent' : `${delivery.requests} requests, not sent`;
  const requests = delivery.requests === 1 ? '' : `${delivery.requests} requests `;
  const attempts = delivery.attempts === delivery.requests ? '' : ` at ${delivery.attempts} attempts`;
  return `${requests}accepted${attempts}`;
}

function label(format: string | null): string {
  return format?.startsWith('otlp') ? format.replace('otlp', 'OTLP').replace('-', ' ') : (format ?? '');
}

function displayName(name: string, dash = 'stdin'): string {
  return name === '-' ? dash : name;
}
