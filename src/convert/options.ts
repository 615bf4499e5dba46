import type { FormatName } from '../io/formats.ts';
import type { Timestamps } from '../otlp/timestamps.ts';

export type { Timestamps };

export type Fidelity = 'exact' | 'semantic';

/** How the facts that the other format has no field for travel: not at all, in a structure, or as the whole original. */
export type Carried = 'none' | 'structured' | 'embedded';

/** The forms in which OTLP is written. */
export type OtlpForm = 'otlp' | 'otlp-json' | 'otlp-jsonl';

/** What the input is taken for. */
export interface InputOptions {
  /** The form of the input. Default: told by its content. */
  from?: FormatName;
  /** The release of the proto repository whose layout OTLP protobuf has, such as `1.9`. Default: told by its shape. */
  otlpVersion?: string;
  /** Fields of OTLP/JSON that no release knows are an error, not a warning. Default false. */
  strict?: boolean;
  /** Most bytes that the uncompressed input may have. Default 512 MiB. */
  maxSize?: number;
}

export interface ToOtlpOptions extends InputOptions {
  /** `exact` (default) comes back byte for byte; `semantic` writes standard fields and published conventions only. */
  fidelity?: Fidelity;
  /** Prove the round trip before returning. Default true. */
  verify?: boolean;
  /** Resource attributes of the OTLP payload. */
  resource?: Readonly<Record<string, string>>;
  /** Default: the form that a pprof made from OTLP was made from, else `otlp`. */
  to?: OtlpForm;
}

export interface ToPprofOptions extends InputOptions {
  fidelity?: Fidelity;
  verify?: boolean;
  /** Timestamps are counted and ride in the extension, or each observation becomes a sample with a label. */
  timestamps?: Timestamps;
  /** All in one pprof, also what was made from several. */
  merge?: boolean;
  /** A pprof for each scope. */
  split?: boolean;
}

export type Options = ToOtlpOptions & ToPprofOptions;

/** What a translation did. Sizes are bytes, uncompressed. */
export interface Report {
  from: FormatName;
  to: FormatName;
  inputBytes: number;
  outputBytes: number;
  samples: number;
  /** As `type/unit`, in pprof's order. */
  sampleTypes: string[];
  fidelity: Fidelity;
  carried: Carried;
  /** Of the residual in OTLP, of the extension in pprof. */
  residualBytes: number;
  /** Whether the way back was run and gave the input's bytes. */
  proven: boolean;
  /** Where the input was itself made from the other format: whether the result is the original to the last byte. */
  exactReturn?: boolean;
  warnings: string[];
}
