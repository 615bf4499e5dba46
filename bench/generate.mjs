// Makes profiles of a wanted size in one of several shapes. The same shape, size and seed give the same bytes.
//
//   node bench/generate.mjs MEGABYTES [FILE] [--shape SHAPE] [--seed N] [--gzip]
//   node bench/generate.mjs --list
//
// Without FILE the bytes go to stdout.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { SHAPES } from './generate/shapes.mjs';

export { service as generatePprof } from './generate/service.mjs';

const USAGE = `usage: node bench/generate.mjs MEGABYTES [FILE] [--shape ${Object.keys(SHAPES).join('|')}] [--seed N] [--gzip]`;

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      shape: { type: 'string', default: 'service' },
      seed: { type: 'string', default: '1' },
      gzip: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const [name, { format, about }] of Object.entries(SHAPES))
      console.log(`${name.padEnd(16)} ${format.padEnd(6)} ${about}`);
    return;
  }
  const [megabytes, file, ...more] = positionals;
  const shape = Object.hasOwn(SHAPES, values.shape) ? SHAPES[values.shape] : undefined;
  if (shape === undefined) throw new Error(`no shape ${values.shape}`);
  if (!(Number(megabytes) > 0) || more.length > 0) throw new Error('takes megabytes and maybe a file');
  if (!Number.isInteger(Number(values.seed))) throw new Error(`--seed takes a whole number, not ${values.seed}`);
  const profile = shape.generate(Math.round(Number(megabytes) * 1_000_000), Number(values.seed));
  const bytes = values.gzip ? gzipSync(profile, { level: 6 }) : profile;
  if (file === undefined) process.stdout.write(bytes);
  else writeFileSync(file, bytes);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main();
  } catch (error) {
    console.error(`generate: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exitCode = 2;
  }
}
