/** What the reader knows of a field: as in otlp/schema.ts, for the messages of either format. */
export interface FieldShape {
  readonly number: number;
  /** As in the .proto file. */
  readonly name: string;
  readonly kind: string;
  /** The type of a field that is a message. */
  readonly message: string | undefined;
  readonly repeated: boolean;
  /** A member of a oneof. */
  readonly oneof: boolean;
  /** The table that the number is an index of. */
  readonly table: string | undefined;
}

export type Schema = Readonly<Record<string, readonly (FieldShape | undefined)[]>>;

export interface Format {
  name: 'pprof' | 'otlp';
  /** The .proto file, for messages. */
  proto: string;
  root: string;
  schema: Schema;
}
