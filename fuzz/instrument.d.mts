export function instrument(code: string, first: number): { code: string; next: number };
