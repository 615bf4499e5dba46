export interface ReportedFile {
  input: string;
  exit: number;
  errors: number;
  warnings: number;
  /** The objects of `--format json` about it. */
  lines: object[];
}

export interface Remark {
  level: 'error' | 'warning' | 'notice';
  rule?: string;
  text: string;
}

export function filesOf(lines: readonly string[]): ReportedFile[];
export function remarks(file: ReportedFile): Remark[];
export function resultOf(file: ReportedFile): string[];
