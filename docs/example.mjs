// Translates a profile to OTLP and back, and shows that nothing was lost: node docs/example.mjs
import { readFileSync } from 'node:fs';
import { decompress, otlpToPprof, PprofOtlpError, pprofToOtlp } from 'pprof-otlp';

const file = new URL('../fixtures/go-runtime-cpu-labels.pb.gz', import.meta.url);
const input = readFileSync(file);

const { otlp, report } = pprofToOtlp(input, { resource: { 'service.name': 'shop' } });
console.log(`${report.samples} samples of ${report.sampleTypes.join(', ')}`);
console.log(`residual: ${report.residualBytes} of ${otlp.length} bytes, proven: ${report.proven}`);

const { pprofs } = otlpToPprof(otlp);
console.log(`identical: ${Buffer.from(decompress(input)).equals(pprofs[0])}`);

try {
  pprofToOtlp(input.subarray(0, 1000));
} catch (error) {
  if (!(error instanceof PprofOtlpError)) throw error;
  console.log(`a damaged file: ${error.code}, ${error.describe()}`);
}
