// What most vectors share, so that each says only what it is about.

export const MAIN_FN = { name: 'main.main', file: 'main.go' };
export const WORK_FN = { name: 'main.work', file: 'work.go' };
export const MAIN = { lines: [{ fn: MAIN_FN, line: 10 }] };
export const WORK = { lines: [{ fn: WORK_FN, line: 20 }] };
export const CPU = ['cpu', 'nanoseconds'];
export const SAMPLES = ['samples', 'count'];

/** Why an expectation is what it is. */
export const SPECIFICATION = 'specification';
export const CHOICE = 'choice';
