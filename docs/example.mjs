// Translates a profile to OTLP and back, and OTLP to pprof and back, and shows that nothing was lost: node docs/example.mjs
import { readFileSync } from 'node:fs';
import { decompress, otlpToOtlp, otlpToPprof, PprofOtlpError, pprofToOtlp } from 'pprof-otlp';

const read = (name) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const input = read('go-runtime-cpu-labels.pb.gz');
const { otlp, report } = pprofToOtlp(input);
console.log(`${report.samples} samples of ${report.sampleTypes.join(', ')}`);
console.log(`residual: ${report.residualBytes} of ${otlp.length} bytes, proven: ${report.proven}`);

const { pprofs } = otlpToPprof(otlp);
console.log(`identical: ${Buffer.from(decompress(input)).equals(pprofs[0])}`);

// OTLP of an older release becomes 1.11. In JSON it can be read.
const json = otlpToOtlp(read('drafts/1.9.otlp.pb'), { to: 'otlp-json' }).otlp;
const there = otlpToPprof(json);
console.log(`extension: ${there.reports[0].residualBytes} of ${there.pprofs[0].length} bytes`);
console.log(`JSON identical: ${Buffer.from(json).equals(pprofToOtlp(there.pprofs[0]).otlp)}`);

try {
  pprofToOtlp(input.subarray(0, 1000));
} catch (error) {
  if (!(error instanceof PprofOtlpError)) throw error;
  console.log(`a damaged file: ${error.code}, ${error.describe()}`);
}
