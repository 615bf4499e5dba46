import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  from: string;
  /** A path below src/ for a relative import, else the specifier. */
  to: string;
  isRelative: boolean;
  /** Erased by the compiler: costs nothing and runs nothing. */
  typeOnly: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(sep).join('/'))
  .sort();

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/gm;
  for (const [, type, specifier] of text.matchAll(statement)) found.push(asImport(file, specifier, !!type));
  for (const [, specifier] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push(asImport(file, specifier, false));
  }
  return found;
}

function asImport(from: string, specifier: string, typeOnly: boolean): Import {
  const isRelative = specifier.startsWith('.');
  const path = relative(SOURCE, join(SOURCE, dirname(from), specifier))
    .split(sep)
    .join('/');
  return { from, to: isRelative ? path : specifier, isRelative, typeOnly };
}

const imports = files.flatMap(importsOf);
const relatives = imports.filter(({ isRelative }) => isRelative);
const packages = imports.filter(({ isRelative, to }) => !isRelative && !to.startsWith('node:'));
const packageName = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
const show = ({ from, to }: Import): string => `${from} -> ${to}`;

/** Which part of the program a file belongs to. Files of io/ and io/node/ are two parts: only the second knows Node. */
function partOf(file: string): string {
  if (file.startsWith('io/node/')) return 'io/node';
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '');
}

/** cli → convert → {pprof, otlp, check} → {model, wire} → errors, with io's pure files for everybody above. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ['convert', 'check', 'inspect', 'diff', 'io/node', 'io', 'errors'],
  index: ['convert', 'check', 'inspect', 'diff', 'io', 'errors'],
  convert: ['pprof', 'otlp', 'check', 'model', 'wire', 'io', 'errors'],
  check: ['otlp', 'model', 'wire', 'errors'],
  diff: ['inspect', 'pprof', 'otlp', 'model', 'wire', 'errors'],
  inspect: ['pprof', 'otlp', 'model', 'wire', 'errors'],
  pprof: ['model', 'wire', 'errors'],
  otlp: ['model', 'wire', 'errors'],
  model: ['wire', 'errors'],
  wire: ['errors'],
  'io/node': ['io', 'wire', 'errors'],
  io: ['errors'],
  errors: [],
};

const PACKAGES: Record<string, readonly string[]> = {
  cli: ['yargs', 'chalk', 'picomatch'],
  io: ['pako', 'fzstd'],
  model: ['@opentelemetry/semantic-conventions'],
  pprof: ['@opentelemetry/semantic-conventions', 'protobufjs', 'long'],
  otlp: ['@opentelemetry/semantic-conventions', 'protobufjs', 'long'],
  wire: ['pako'],
};

it('finds the imports', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(relatives.length).toBeGreaterThan(files.length);
  expect(new Set(packages.map(({ to }) => packageName(to)))).toContain('pako');
});

it('relative imports carry the .ts ending and lead to a file', () => {
  expect(relatives.filter(({ to }) => !to.endsWith('.ts') || !files.includes(to)).map(show)).toEqual([]);
});

describe('point one way', () => {
  it.each(files.filter((file) => imports.some(({ from }) => from === file)))('%s', (file) => {
    const part = partOf(file);
    const allowed = MAY_IMPORT[part];
    expect(allowed, `${part} has no place in the order`).toBeDefined();
    const own = relatives.filter(({ from }) => from === file);
    const wrong = own.filter(({ to }) => partOf(to) !== part && !allowed.includes(partOf(to)));
    expect(wrong.map(show)).toEqual([]);
  });

  it('without circles', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, typeOnly } of relatives) {
      if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      else if (!done.has(file)) {
        for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

it('only io/node/ and cli/ import Node', () => {
  const wrong = imports.filter(({ from, to }) => to.startsWith('node:') && !['io/node', 'cli'].includes(partOf(from)));
  expect(wrong.map(show)).toEqual([]);
});

it('packages are imported where they belong', () => {
  const wrong = packages.filter(({ from, to }) => !(PACKAGES[partOf(from)] ?? []).includes(packageName(to)));
  expect(wrong.map(show)).toEqual([]);
});
