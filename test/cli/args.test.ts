import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/args.ts';
import { helpFor } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/specs.ts';
import { suggest } from '../../src/cli/suggest.ts';

const parse = (line: string) => parseArguments(line.split(' '));

describe('files', () => {
  it.each<[string, string[]]>([
    ['a b', ['a', 'b']],
    ['convert a b', ['a', 'b']],
    ['-', ['-']],
    ['- a -', ['-', 'a', '-']],
    ['007 1e3 0x10 1_000', ['007', '1e3', '0x10', '1_000']],
    ['a -- -x --force', ['a', '-x', '--force']],
    ['-- -', ['-']],
    ['--force true', ['true']],
    ['-q a false', ['a', 'false']],
    ['--resource k=v a', ['a']],
    ['./convert', ['./convert']],
    ['a convert', ['a', 'convert']],
    ['a=b c.d', ['a=b', 'c.d']],
  ])('%s', (line, files) => {
    expect(parse(line).files).toEqual(files);
  });

  it('keeps white space, line feeds and empty names', () => {
    expect(parseArguments(['a b', 'c\nd', '']).files).toEqual(['a b', 'c\nd', '']);
  });
});

describe('commands', () => {
  it('is convert unless another one comes first', () => {
    expect(parse('a verify').command.name).toBe('convert');
    expect(parse('verify a')).toMatchObject({ command: { name: 'verify' }, named: true, files: ['a'] });
    expect(parse('--format json verify a').command.name).toBe('verify');
    expect(parse('-o verify a')).toMatchObject({ command: { name: 'convert' }, values: { output: 'verify' } });
    expect(parse('a')).toMatchObject({ named: false });
  });
});

describe('options', () => {
  it.each<[string, Record<string, string>]>([
    ['-o - a', { output: '-' }],
    ['--output - a', { output: '-' }],
    ['-o x a', { output: 'x' }],
    ['-o=x a', { output: 'x' }],
    ['--output=x a', { output: 'x' }],
    ['-o 007 a', { output: '007' }],
    ['--max-size 1e3 a', { 'max-size': '1e3' }],
    ['--gzip-level 9 a', { 'gzip-level': '9' }],
    ['--to pprof --from otlp a', { to: 'pprof', from: 'otlp' }],
    ['--to otlp-jsonl --from otlp-jeffrey a', { to: 'otlp-jsonl', from: 'otlp-jeffrey' }],
    ['--otlp-version 1.10 --timestamps labels a', { 'otlp-version': '1.10', timestamps: 'labels' }],
    ['verify --otlp-version 1.3 a', { 'otlp-version': '1.3' }],
  ])('%s', (line, values) => {
    expect(parse(line)).toMatchObject({ files: ['a'], values });
  });

  it('knows switches, long and short', () => {
    expect([...parse('-f --no-verify -q a').switches].sort()).toEqual(['force', 'no-verify', 'quiet']);
    expect([...parse('--force --force a').switches]).toEqual(['force']);
    expect([...parse('--merge --split --strict a').switches].sort()).toEqual(['merge', 'split', 'strict']);
  });

  it('collects what may be repeated', () => {
    expect(parse('--resource a=1 --resource=b=2 x').lists.resource).toEqual(['a=1', 'b=2']);
    expect(parse('--resource a=1 x').lists.resource).toEqual(['a=1']);
  });

  it.each<[string, RegExp]>([
    ['-o a -o b x', /^--output is given twice$/],
    ['-o a --output b x', /^--output is given twice$/],
    ['--to otlp --to pprof x', /^--to is given twice$/],
    ['--to oltp x', /^--to: "oltp" is not supported; did you mean otlp\?$/],
    ['--to otlp-frames x', /^--to: "otlp-frames" is not supported; give pprof, otlp, otlp-json, otlp-jsonl$/],
    ['--to otlp-jsn x', /^--to: "otlp-jsn" is not supported; did you mean otlp-json\?$/],
    ['--from jsonl x', /^--from: "jsonl" is not supported; give pprof, otlp, .*otlp-frames, otlp-jeffrey$/],
    ['--from otlp-frame x', /^--from: "otlp-frame" is not supported; did you mean otlp-frames\?$/],
    ['--fource x', /^unknown option --fource; did you mean --force\?$/],
    ['--no-verfy x', /did you mean --no-verify\?$/],
    ['--resorce a=b x', /did you mean --resource\?$/],
    ['--fid exact x', /did you mean --fidelity\?$/],
    ['--frobnicate x', /^unknown option --frobnicate; see pprof-otlp convert --help$/],
    ['--timestamps label x', /^--timestamps: "label" is not supported; did you mean labels\?$/],
    ['--timestamp labels x', /did you mean --timestamps\?$/],
    ['--merg x', /did you mean --merge\?$/],
    ['--splt x', /did you mean --split\?$/],
    ['--stric x', /did you mean --strict\?$/],
    ['--otlp-verson 1.9 x', /did you mean --otlp-version\?$/],
    ['--merge=yes x', /^--merge takes no value$/],
    ['verify --split x', /^--split is an option of convert, not of verify$/],
    ['verify --timestamps labels x', /^--timestamps is an option of convert, not of verify$/],
    ['--verify x', /^unknown option --verify; did you mean --no-verify\?$|^unknown option --verify; /],
    ['-ofile x', /^unknown option --ofile; did you mean -o file\?$/],
    ['-x y', /^unknown option -x; /],
    ['-5 y', /^unknown option -5; /],
    ['-o -x y', /^--output needs a value$/],
    ['verify --force x', /^--force is an option of convert, not of verify$/],
    ['--force=yes x', /^--force takes no value$/],
    ['-q=1 x', /^--quiet takes no value$/],
    ['x -o', /^--output needs a value$/],
    ['--output= x', /^--output needs a value$/],
    ['x --resource', /^--resource needs a value$/],
    ['--__proto__=1 x', /^unknown option /],
    ['--constructor x', /^unknown option --constructor; /],
    ['--file x', /^unknown option --file; /],
  ])('refuses %s', (line, reason) => {
    expect(() => parse(line)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(reason) }),
    );
  });
});

describe('help', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has all options and examples',
    async (_, command) => {
      const help = await helpFor(command);
      for (const name of Object.keys(command.options)) expect(help).toContain(`--${name}`);
      for (const [example] of command.examples) expect(help.replace(/\s+/g, ' ')).toContain(example.slice(0, 20));
      expect(help).toContain('Exit status');
    },
  );
});

describe('suggestions', () => {
  it('finds the slip of a finger', () => {
    expect(suggest('verfy', ['convert', 'verify'])).toBe('verify');
    expect(suggest('vreify', ['convert', 'verify'])).toBe('verify');
    expect(suggest('x', ['convert', 'verify'])).toBeUndefined();
    expect(suggest('cpu', ['convert', 'verify'])).toBeUndefined();
    expect(suggest('conv', ['convert', 'verify'])).toBe('convert');
  });
});
