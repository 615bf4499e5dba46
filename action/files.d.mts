export function expand(lines: readonly string[], cwd: string): string[];
