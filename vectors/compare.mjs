// Says whether two files mean the same: node vectors/compare.mjs EXPECTED ACTUAL. Needs Node and no packages.
// Both OTLP Profiles (protobuf or JSON) or both pprof; plain or gzip. Status 0: the same, 1: not, 2: usage, 3: unreadable.
import { parseArgs } from 'node:util';
import { differences } from './lib/differences.mjs';
import { formatOf, meaning, readBytes } from './lib/read.mjs';
import { untidy } from './lib/tidy.mjs';

const USAGE = `usage: node vectors/compare.mjs EXPECTED ACTUAL [options]
  --from-pprof        leave out what a translator from pprof may add of its own
  --mapping-table     the mapping table counts, with its order and what no location names
  --any-sample-order  the order of samples does not count
  --tidy              also say what of the dictionary of ACTUAL is doubled, unused or lacks its zero entry`;

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      ['from-pprof', 'mapping-table', 'any-sample-order', 'tidy', 'help'].map((name) => [name, { type: 'boolean' }]),
    ),
  });
  if (values.help) return say(USAGE, 0);
  if (positionals.length !== 2) return say(USAGE, 2);
  const options = {
    fromPprof: values['from-pprof'],
    mappingTable: values['mapping-table'],
    anySampleOrder: values['any-sample-order'],
  };
  const [expected, actual] = positionals.map((path) => {
    try {
      const bytes = readBytes(path);
      const format = formatOf(bytes);
      return { format, bytes, meaning: meaning(format, bytes, options) };
    } catch (error) {
      throw new Error(`${path}: ${error.message}`);
    }
  });
  if (expected.format !== actual.format) return say(`one is ${expected.format}, the other ${actual.format}`, 1);
  const found = differences(expected.meaning, actual.meaning);
  if (values.tidy && actual.format === 'otlp') found.push(...untidy(actual.bytes));
  if (found.length === 0) return say('the same', 0);
  return say(found.join('\n'), 1);
}

function say(text, status) {
  (status > 1 ? process.stderr : process.stdout).write(`${text}\n`);
  return status;
}

try {
  process.exitCode = main();
} catch (error) {
  const isUsage = error.code?.startsWith('ERR_PARSE_ARGS');
  process.exitCode = say(isUsage ? `${error.message}\n${USAGE}` : error.message, isUsage ? 2 : 3);
}
