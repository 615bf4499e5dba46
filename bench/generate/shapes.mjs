// The shapes that profiles are made in.

import { collisions } from './collisions.mjs';
import { manyLabels, wideSamples } from './labels.mjs';
import { service } from './service.mjs';
import { deepStacks, distinctStacks, oneStack } from './stacks.mjs';
import { strings } from './strings.mjs';
import { timestamps } from './timestamps.mjs';
import { types } from './types.mjs';

/**
 * @callback Generate
 * @param {number} size bytes wanted, uncompressed
 * @param {number} seed
 * @returns {Uint8Array}
 */

/**
 * @typedef {object} Shape
 * @property {'pprof' | 'otlp'} format
 * @property {boolean} adversarial made to be hard
 * @property {string} about what it is like, in a few words
 * @property {Generate} generate the same bytes for the same size and seed
 */

/** @type {Readonly<Record<string, Shape>>} */
export const SHAPES = {
  service: {
    format: 'pprof',
    adversarial: false,
    about: 'a service: 2 sample types, stacks of 20 to 40 frames, 3 or 4 labels',
    generate: service,
  },
  strings: {
    format: 'pprof',
    adversarial: false,
    about: 'text: long function names and label values, nearly each once',
    generate: strings,
  },
  types: {
    format: 'pprof',
    adversarial: false,
    about: '8 sample types, 1 to 3 of them in a sample',
    generate: types,
  },
  timestamps: {
    format: 'otlp',
    adversarial: false,
    about: 'OTLP of a host profiler: a value and a time for each observation',
    generate: timestamps,
  },
  'distinct-stacks': {
    format: 'pprof',
    adversarial: true,
    about: 'no stack comes twice; half of them differ in one frame only',
    generate: distinctStacks,
  },
  'one-stack': {
    format: 'pprof',
    adversarial: true,
    about: 'one stack in every sample, a million times in 41 MB',
    generate: oneStack,
  },
  'deep-stacks': { format: 'pprof', adversarial: true, about: 'stacks of 10,000 frames', generate: deepStacks },
  'many-labels': {
    format: 'pprof',
    adversarial: true,
    about: '100,000 different labels, hardly two samples with the same',
    generate: manyLabels,
  },
  'wide-samples': {
    format: 'pprof',
    adversarial: true,
    about: '100,000 different labels on every sample at 8 MB, more in larger ones',
    generate: wideSamples,
  },
  collisions: {
    format: 'pprof',
    adversarial: true,
    about: 'strings and stacks that fall on one value of the usual hash functions',
    generate: collisions,
  },
};
