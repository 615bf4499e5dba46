import type { ReportedFile } from './report.mjs';

export function summary(command: string, files: readonly ReportedFile[], mostBytes?: number): string;
