export function printable(text: string): string;
export function code(text: string): string;
export function entities(text: string): string;
export function logLine(text: string): string;
export function annotation(level: string, place: { file?: string; title?: string }, message: string): string;
export function size(bytes: number): string;
export function count(number: number, word: string): string;
