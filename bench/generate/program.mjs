// A made-up program: the functions, locations and stacks that samples of most shapes share.

const FUNCTIONS = 6000;
const LOCATIONS = 9000;
const STACKS = 20_000;

const PACKAGES = [
  'net/http',
  'encoding/json',
  'database/sql',
  'runtime',
  'crypto/tls',
  'internal/orders',
  'internal/search',
  'cache',
];
const VERBS = ['Read', 'Write', 'Parse', 'Encode', 'Lookup', 'Handle', 'Flush', 'Merge', 'Walk', 'Sort'];
export const NOUNS = ['Request', 'Row', 'Token', 'Index', 'Session', 'Buffer', 'Header', 'Frame', 'Node', 'Key'];

/**
 * @typedef {object} Program
 * @property {number} locationCount
 * @property {(which: number) => number} locationId of location `which`, numbered as they are first asked for
 * @property {() => Uint32Array} anyStack a stack of location ids, some much oftener than others
 */

/**
 * @param {import('./random.mjs').Random} random
 * @param {import('./pprof.mjs').PprofBuilder} builder
 * @param {number} size bytes wanted of the whole profile: a small file can't hold the tables of a big one
 * @returns {Program}
 */
export function programOf({ next, below, pick }, builder, size) {
  const scale = Math.min(1, size / 4_000_000);
  const functionCount = Math.max(20, Math.floor(FUNCTIONS * scale));
  const locationCount = Math.max(30, Math.floor(LOCATIONS * scale));
  const stackCount = Math.max(10, Math.floor(STACKS * Math.min(1, size / 20_000_000)));

  // Frames near the root are few, as in real programs, and shared by many stacks.
  const stacks = Array.from({ length: stackCount }, () => {
    const depth = 20 + below(21);
    return Uint32Array.from({ length: depth }, (_, frame) =>
      below(Math.max(2, Math.floor(locationCount * ((depth - frame) / depth) ** 3))),
    );
  });

  // Real encoders number locations and functions as samples first reach them.
  const functionIds = new Uint32Array(functionCount);
  const functionId = (/** @type {number} */ which) => {
    if (functionIds[which] === 0) {
      const where = pick(PACKAGES);
      const what = `${pick(VERBS)}${pick(NOUNS)}`;
      const name = `example.com/shop/${where}.(*${pick(NOUNS)}${which}).${what}`;
      const file = `/go/src/example.com/shop/${where}/${what.toLowerCase()}_${which % 500}.go`;
      functionIds[which] = builder.addFunction(name, file, 1 + below(1500));
    }
    return /** @type {number} */ (functionIds[which]);
  };
  const locationIds = new Uint32Array(locationCount);
  const locationId = (/** @type {number} */ which) => {
    if (locationIds[which] === 0) {
      const mapping = next() < 0.9 ? 0 : 1 + below(2);
      const offset = which * 64 + below(64);
      for (let line = next() < 0.15 ? 2 : 1; line > 0; line--)
        builder.line(functionId(below(functionCount)), 1 + below(2000));
      locationIds[which] = builder.addLocation(mapping, offset);
    }
    return /** @type {number} */ (locationIds[which]);
  };
  return {
    locationCount,
    locationId,
    anyStack: () => /** @type {Uint32Array} */ (stacks[Math.floor(next() ** 2 * stackCount)]).map(locationId),
  };
}
