/** Is told now and then while bytes are written how many stand already; the buffer may be another the next time. */
export type Written = (buffer: Uint8Array, end: number) => void;
