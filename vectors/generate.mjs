// Writes the vectors: node vectors/generate.mjs. With --check it writes nothing and says which files are not current.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import header from './cases/header.mjs';
import identity from './cases/identity.mjs';
import labels from './cases/labels.mjs';
import links from './cases/links.mjs';
import locations from './cases/locations.mjs';
import mappings from './cases/mappings.mjs';
import otlpDrafts from './cases/otlpDrafts.mjs';
import otlpForms from './cases/otlpForms.mjs';
import otlpProfiles from './cases/otlpProfiles.mjs';
import otlpSamples from './cases/otlpSamples.mjs';
import sampleTypes from './cases/sampleTypes.mjs';
import strings from './cases/strings.mjs';
import { pprof } from './lib/buildPprof.mjs';

const ROOT = fileURLToPath(new URL('./', import.meta.url));
const README = 'README.md';
const TO_OTLP = 'pprof-to-otlp';
const TO_PPROF = 'otlp-to-pprof';

const toOtlp = [sampleTypes, locations, mappings, labels, links, header, strings, identity].flat();
const toPprof = [otlpProfiles, otlpSamples, otlpForms, otlpDrafts].flat();

/** The files by name, the manifest and the page with its tables included. */
function files() {
  const all = new Map();
  const add = (name, content) => {
    if (all.has(name)) throw new Error(`two vectors write ${name}`);
    all.set(name, content);
    return name;
  };
  const vectors = [
    ...toOtlp.map((vector) => pprofVector(vector, add)),
    ...toPprof.map((vector) => otlpVector(vector, add)),
  ];
  all.set('manifest.json', `${JSON.stringify({ version: 1, otlp: '1.11', vectors }, null, 2)}\n`);
  all.set(README, page(readFileSync(ROOT + README, 'utf8'), vectors));
  return all;
}

const told = ({ name, shows, follows, basis, level = 'semantic' }) => ({ name, shows, follows, basis, level });

function pprofVector({ pprof: own, otlp, back, extension = 'pb', compare, untidy, refusedBy, ...rest }, add) {
  const path = `${TO_OTLP}/${rest.name}`;
  return {
    ...told(rest),
    direction: TO_OTLP,
    input: add(`${path}.${extension}`, typeof own === 'function' ? own() : pprof(own)),
    expected: add(`${path}.otlp.json`, readable(otlp)),
    ...(back === undefined ? {} : { back: add(`${path}.back.pb`, pprof(back)) }),
    ...(compare === undefined ? {} : { compare }),
    ...(untidy === undefined ? {} : { untidy }),
    ...(refusedBy === undefined || refusedBy.length === 0 ? {} : { refusedBy }),
  };
}

function otlpVector({ otlp, bytes, extension = 'otlp.json', usual, pprof: own, options, release, ...rest }, add) {
  const path = `${TO_PPROF}/${rest.name}`;
  return {
    ...told(rest),
    direction: TO_PPROF,
    input: add(`${path}.${extension}`, bytes ?? readable(otlp)),
    ...(release === undefined ? {} : { release }),
    expected: add(`${path}.pb`, pprof(own)),
    ...(usual === undefined ? {} : { usual: add(`${path}.usual.otlp.json`, readable(usual)) }),
    ...(options === undefined ? {} : { options }),
  };
}

/** JSON with what fits on a line on one, so that a difference is a line. */
function readable(data) {
  return `${write(data, '')}\n`;
}

function write(value, indent) {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || flat.length + indent.length < 100) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${write(item, inner)}`)
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}

/** The page with the tables between their marks written anew. */
function page(text, vectors) {
  return text.replaceAll(/(<!-- table (\S+) -->\n)[\s\S]*?(<!-- end -->)/g, (_, open, wanted, close) => {
    const [direction, level] = wanted.split('/');
    const rows = vectors.filter((vector) => vector.direction === direction && vector.level === level);
    const cell = (text) => text.replaceAll('|', '\\|');
    const lines = rows.map(
      ({ name, shows, follows, basis }) => `| \`${name}\` | ${cell(shows)} | ${cell(follows)} | ${basis} |`,
    );
    const head = ['| vector | what it shows | what it follows | basis |', '|---|---|---|---|'];
    return `${open}${[...head, ...lines].join('\n')}\n${close}`;
  });
}

/** Files that no vector writes any more. */
function stale(wanted) {
  return [TO_OTLP, TO_PPROF]
    .filter((folder) => existsSync(ROOT + folder))
    .flatMap((folder) => readdirSync(ROOT + folder).map((name) => `${folder}/${name}`))
    .filter((name) => !wanted.has(name));
}

const wanted = files();
if (process.argv.includes('--check')) {
  const same = (name, content) => existsSync(ROOT + name) && Buffer.from(content).equals(readFileSync(ROOT + name));
  const changed = [...wanted].filter(([name, content]) => !same(name, content)).map(([name]) => name);
  const wrong = [...changed, ...stale(wanted)];
  for (const name of wrong) console.log(`${name} is not what the generator writes; run node vectors/generate.mjs`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  for (const name of stale(wanted)) rmSync(ROOT + name);
  for (const [name, content] of wanted) {
    mkdirSync(dirname(ROOT + name), { recursive: true });
    writeFileSync(ROOT + name, content);
  }
  console.log(`${toOtlp.length} vectors from pprof to OTLP, ${toPprof.length} from OTLP to pprof`);
}
