// docs/performance.md

import { SHAPES } from '../generate/shapes.mjs';
import { GOALS, goalTable, judge } from './goals.mjs';
import {
  bytesText,
  callsTable,
  corpusTable,
  doublingsOf,
  filesTable,
  GROWTH_LIMIT,
  growthTable,
  ratioTable,
  sizeTable,
  startTable,
} from './tables.mjs';
import { machineText } from './text.mjs';

/** @typedef {import('../results.mjs').Results} Results */

/**
 * @param {Results} results
 * @returns {string} Markdown; what was not measured is left out
 */
export function pageText(results) {
  return [
    introduction(results),
    goals(results),
    sizes(results),
    calls(results),
    start(results),
    corpus(results),
    files(results),
    growth(results),
    AGAIN,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** @param {Results} results */
const introduction = ({ machine }) => `# Performance

Written by \`npm run bench -- --write-docs\`; [bench/](../bench/README.md) says what runs and how it is measured. All
figures are of one machine (${machineText(machine)}).
Compare the ratios: times of another machine are others. Every row ran in turns with the others of its table.
`;

/** @param {Results} results */
function goals(results) {
  const counts = { reached: 0, 'not reached': 0, 'not measured': 0 };
  for (const goal of GOALS) counts[judge(goal, results).verdict]++;
  return `## Goals

${counts.reached} reached, ${counts['not reached']} not reached, ${counts['not measured']} not measured. The fastest runs decide, since what else the machine
does can only add; the medians stand beside.

${goalTable(results)}`;
}

/** @param {Results} results */
function sizes({ sizes: all = [] }) {
  if (all.length === 0) return '';
  const parts = all.map(
    (size) => `### ${size.megabytes} MB

${bytesText(size)}; ${size.rounds} ${size.rounds === 1 ? 'round' : 'rounds'}.

${sizeTable(size)}
${ratioTable(size.rows)}`,
  );
  return `## Time and memory against size

\`npm run bench -- --parts sizes --sizes ${all.map(({ megabytes }) => megabytes).join(',')}\`: whole processes, from start to exit, as people run them, in so
many rounds (\`--rounds\`) as each size says. Read is a gzipped pprof
(for the way back and for pdata the OTLP that was made of it), written is a file. The peers do not translate: google/pprof
parses the pprof and writes it uncompressed, pdata unmarshals the OTLP and marshals it. The way back writes gzip of level 1.

![Time against size](images/performance.svg)

${parts.join('\n')}`;
}

/** @param {Results} results */
function calls({ calls: all = [] }) {
  if (all.length === 0) return '';
  return `## The library, warm

\`npm run bench -- --parts calls\`: bytes to bytes, uncompressed, in a process that is warm; MB/s are of uncompressed pprof.

${all.map((size) => `${size.megabytes} MB, ${size.rounds} rounds:\n\n${callsTable(size)}\n${ratioTable(size.rows)}`).join('\n')}`;
}

/** @param {Results} results */
function start({ start: result }) {
  if (result === undefined) return '';
  return `## Start

\`npm run bench -- --parts start\`: whole processes, ${result.rounds} rounds. The file is \`${result.file}\`: ${result.bytes.gzip} bytes, ${result.bytes.pprof} uncompressed.

${startTable(result)}`;
}

/** @param {Results} results */
function corpus({ corpus: result }) {
  if (result === undefined) return '';
  const whose =
    result.source === 'corpus' ? 'the real profiles beside the repository' : 'the real profiles of fixtures/';
  return `## Real profiles

\`npm run bench -- --parts corpus\`: ${whose}, all files of a kind in one process, ${result.rounds} rounds.

${result.groups
  .map(
    (group) =>
      `### ${group.name}\n\n${group.files} files, ${group.bytes} bytes uncompressed.\n\n${corpusTable(group)}\n${ratioTable(group.rows)}`,
  )
  .join('\n')}`;
}

/** @param {Results} results */
function files({ files: result }) {
  if (result === undefined) return '';
  return `## Many files

\`npm run bench -- --parts files --rounds ${result.oneThread.times.length}\`: ${result.count} pprofs of 20 to 80 kB, ${result.bytes} bytes together, gzipped, to OTLP with the proof.

${filesTable(result)}`;
}

/** @param {Results} results */
function growth({ growth: results = [] }) {
  if (results.length === 0) return '';
  const beyond = doublingsOf(results).filter((doubling) => doubling.growth > GROWTH_LIMIT);
  const shapes = results.map(({ shape }) => {
    const { about, adversarial } = /** @type {import('../generate/shapes.mjs').Shape} */ (SHAPES[shape]);
    return `- \`${shape}\`${adversarial ? ' (made to be hard)' : ''}: ${about}`;
  });
  const said =
    beyond.length === 0
      ? `None grows by more than ${GROWTH_LIMIT} when the input doubles.`
      : `Beyond ${GROWTH_LIMIT}, marked with !: ${beyond.map(({ shape, way, from, to }) => `${shape} ${way}, ${from} → ${to} MB`).join('; ')}.`;
  return `## Growth

What time grows by when the input doubles; 2 is linear. Calls of the library in a warm process, with the proof, the fastest
run of as many rounds as the command says. ${said}

\`\`\`sh
${growthCommands(results).join('\n')}
\`\`\`

${shapes.join('\n')}

![Growth](images/growth.svg)

There (pprof to OTLP; of \`timestamps\` OTLP to pprof):

${growthTable(results, 'there')}
Back:

${growthTable(results, 'back')}`;
}

/**
 * What the shapes were measured by: one command for those of the same sizes and rounds.
 *
 * @param {NonNullable<Results['growth']>} results
 */
function growthCommands(results) {
  /** @type {Map<string, string[]>} */
  const shapesBy = new Map();
  for (const { shape, rounds, points } of results) {
    const how = `--growth-sizes ${points.map(({ megabytes }) => megabytes).join(',')} --rounds ${rounds}`;
    shapesBy.set(how, [...(shapesBy.get(how) ?? []), shape]);
  }
  return [...shapesBy].map(([how, shapes]) => `npm run bench -- --growth ${how} --shapes ${shapes.join(',')}`);
}

const AGAIN = `## Again

\`\`\`sh
npm run build
npm run bench                               # start, library, 1, 10 and 100 MB, real profiles
npm run bench -- --parts sizes --sizes 500  # one size more
npm run bench -- --parts files              # 2,000 files
npm run bench -- --growth                   # every shape, 8 to 64 MB
npm run bench -- --parts none --write-docs  # this page, of what was measured last
\`\`\`
`;
