export const EXAMPLES: string[];
export function runExample(name: string, program?: string): Map<string, Buffer>;
export function keptFiles(name: string): Map<string, Buffer>;
export function content(bytes: Buffer): Buffer;
export function changedFiles(kept: Map<string, Buffer>, given: Map<string, Buffer>): string[];
