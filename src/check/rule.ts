/** How much a rule weighs: what the format forbids (MUST), advises against (SHOULD), or what is merely odd. */
export type Severity = 'error' | 'warning' | 'info';

/** A place in a payload: a message, one of its fields, one of the values of that field. */
export interface Place {
  table: string;
  row: number;
  field?: string;
  index?: number;
  /** Where it is known better than by the field. */
  offset?: number;
}

/** Takes a break of the rule at hand. The text is made only for the places that are shown. */
export type Find = (place: Place, say: () => string) => void;

/** One rule for a payload of type `P`. A new rule is one such entry and its function. */
export interface Rule<P> {
  /** Stable: options and programs name rules by it. */
  id: string;
  severity: Severity;
  /** The document and the section that say so. */
  source: string;
  /** What holds in a payload that keeps the rule. */
  says: string;
  find: (payload: P, find: Find) => void;
}

export type Compression = 'none' | 'gzip' | 'zstd';
