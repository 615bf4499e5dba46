import { expect, it } from 'vitest';
import { filesOf, type ReportedFile, remarks } from '../../action/report.mjs';
import { summary } from '../../action/summary.mjs';
import { annotation, code, logLine } from '../../action/text.mjs';

const PROVEN = {
  output: null,
  from: 'pprof',
  to: 'otlp',
  inputBytes: 2048,
  samples: 3,
  carried: 'structured',
  residualBytes: 100,
  proven: true,
  exactReturn: null,
  warnings: [] as string[],
  error: null,
  exit: 0,
};
const CHECKED = { from: 'otlp', inputBytes: 10, notes: [], errors: 0, warnings: 0, infos: 0, error: null, exit: 0 };
const files = (...lines: object[]): ReportedFile[] => filesOf(lines.map((line) => JSON.stringify(line)));

const HOSTILE = [
  '| a || b |',
  '<script>alert(1)</script><img src=x onerror=y>',
  '[x](javascript:y) ![z](//h) <http://h> http://h www.h.example a@b.example @all #1',
  '`code` ``` ~~~ **b** __i__ ~~s~~ $m$ \\| &lt; &amp;',
  '# x\n- y\n\n1. z\r\n> q',
  '\u001b[31mred\u202eevil\u2066\u0000\ud800',
];

it.each(HOSTILE)('in Markdown %j is text', (text) => {
  const shown = code(text);
  expect(shown).toMatch(/^<code>([\p{L}\p{N} ,;/=…-]|&#\d+;)*<\/code>$/u);
  const decoded = shown.slice(6, -7).replaceAll(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)));
  const spelled = text.replaceAll('\n', '\\n').replaceAll('\r', '\\x0d').replaceAll('\u001b', '\\x1b');
  const bidi = spelled.replaceAll('\u202e', '\\u202e').replaceAll('\u2066', '\\u2066');
  expect(decoded).toBe(bidi.replaceAll('\u0000', '\\x00').replaceAll('\ud800', '\\ud800'));
});

it.each(HOSTILE)('in a log and an annotation %j is text', (text) => {
  expect(logLine(`::error::${text}`)).toMatch(/^pprof-otlp: [^\n\r]*$/);
  const said = annotation('error', { file: `${text},title=x::`, title: text }, text);
  const [, file, title] = /^::error file=([^\n\r:,]*),title=([^\n\r:,]*)::[^\n\r]*$/.exec(said) ?? [];
  expect(file).toMatch(/%2Ctitle=x%3A%3A$/);
  expect(title).toBeDefined();
});

it('keeps "##[" from being a command, and "%0A" from being a line', () => {
  expect(logLine('x ##[add-mask]y')).toBe('pprof-otlp: x # #[add-mask]y');
  expect(annotation('notice', { title: 't' }, 'a%0A\n##[group]')).toBe('::notice title=t::a%250A%0A# #[group]');
});

it('clips what nobody reads', () => {
  expect(code('x'.repeat(10_000))).toBe(`<code>${'x'.repeat(300)}…</code>`);
  expect(code('\u{1f600}'.repeat(400))).toContain('&#128512;…');
});

it('puts failed files first, and joins the lines of one', () => {
  const failed = {
    ...PROVEN,
    input: 'b',
    proven: false,
    exit: 3,
    error: { message: 'm', path: 'sample[1]', offset: 7 },
  };
  const found = files({ ...PROVEN, input: 'a', warnings: ['w'] }, failed, { ...PROVEN, input: 'a', exactReturn: true });
  expect(found.map(({ input, exit, errors, warnings }) => [input, exit, errors, warnings])).toEqual([
    ['b', 3, 1, 0],
    ['a', 0, 0, 1],
  ]);
  expect(found.flatMap(remarks)).toEqual([
    { level: 'error', text: '@7 sample[1]: m' },
    { level: 'warning', text: 'w' },
  ]);
  expect(summary('verify', found)).toBe(
    [
      '### pprof-otlp verify: 1 of 2 files come back',
      '',
      '| | File | Form | Size | Samples | Result |',
      '|---|---|---|--:|--:|---|',
      '| ❌ | <code>b</code> | pprof → otlp | 2.0 KiB | 3 | <code>&#64;7 sample&#91;1&#93;&#58; m</code> |',
      '| ⚠️ | <code>a</code> | pprof → otlp | 2.0 KiB | 3 | <code>carried structured in 100 B, proven</code> |',
      '| ✅ | <code>a</code> | pprof → otlp | 2.0 KiB | 3 | <code>exact return, proven</code> |',
      '',
      '<details><summary>Errors and warnings</summary>',
      '',
      '- <code>b</code>: error: <code>&#64;7 sample&#91;1&#93;&#58; m</code>',
      '- <code>a</code>: warning: <code>w</code>',
      '',
      '</details>',
      '',
    ].join('\n'),
  );
});

it('lists rules that are broken, not infos', () => {
  const place = { path: 'x', index: null, offset: null, message: 'is' };
  const findings = [
    { rule: 'otlp/a', severity: 'error', says: 'A.', source: '', count: 3, places: [place] },
    { rule: 'otlp/b', severity: 'info', says: 'B.', source: '', count: 1, places: [place] },
  ];
  const text = summary('check', files({ ...CHECKED, input: 'a', findings, errors: 3, infos: 1, exit: 1 }));
  expect(text).toContain('| ❌ | <code>a</code> | otlp | 10 B | <code>3 errors, 1 info</code> |');
  expect(text).toContain('error <code>otlp/a</code>: <code>x&#58; is</code><br><code>and 2 more</code><br>');
  expect(text).not.toContain('otlp/b');
});

it('stays below what GitHub takes', () => {
  const many = files(
    ...Array.from({ length: 5_000 }, (_, index) => ({
      ...PROVEN,
      input: `${index}${'|'.repeat(200)}`,
      warnings: ['!'.repeat(400)],
    })),
  );
  const text = summary('verify', many);
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  expect(text).toMatch(/^\| \| \d+ files more; the report has them all \|$/m);
  expect(text).toMatch(/^- \d+ remarks more; the report has them all$/m);
  expect(summary('verify', [])).toBe('### pprof-otlp verify: 0 of 0 files come back\n');
});
