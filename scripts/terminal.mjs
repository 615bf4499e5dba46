// Writes docs/images/terminal.svg: what a terminal shows of real commands. Run `npm run build` before.
// With --print PROGRAM it prints the picture that this program gives.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [print, given] = process.argv.slice(2);
const program = print === '--print' ? given : at('bin/pprof-otlp.js');

const FIXTURE = 'fixtures/go-runtime-cpu-labels.pb.gz';
const SESSION = [
  { command: 'pprof-otlp cpu.pb.gz' },
  { command: 'pprof-otlp cpu.otlp -o back.pb.gz' },
  { command: 'cmp <(gunzip -c cpu.pb.gz) <(gunzip -c back.pb.gz) && echo identical' },
  // Of what inspect says, what was measured.
  {
    command: 'pprof-otlp inspect cpu.otlp --top 5',
    keep: /^ {2}(sample types|samples|links|symbols|flat) |^ {15}samples|^ +\S+ +[\d.]+% /,
    until: '  cumulative',
  },
];

const COLUMNS = 100;
const CHARACTER = 7.6;
const LINE = 18;
const MARGIN = 16;
const BAR = 30;

/** What each command prints; a line that is too long goes on in the next one, behind four blanks. */
function session() {
  const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-terminal-'));
  try {
    copyFileSync(at(FIXTURE), join(dir, 'cpu.pb.gz'));
    return SESSION.map((each) => ({ command: each.command, lines: run(each, dir) }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function run({ command, keep = /^/, until }, cwd) {
  const script = `pprof-otlp() { "${process.execPath}" "${program}" "$@"; }\n${command}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  if (status !== 0) throw new Error(`${command}: status ${status}: ${stdout}${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  const end = until === undefined ? -1 : lines.findIndex((line) => line.startsWith(until));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .filter((line) => keep.test(line))
    .flatMap(wrap);
}

function wrap(line) {
  if (line.length <= COLUMNS) return [line];
  const at = line.lastIndexOf(' ', COLUMNS);
  return [line.slice(0, at), ...wrap(`    ${line.slice(at + 1)}`)];
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What a reader should see first. */
const highlighted = (text) =>
  escaped(text)
    .replaceAll(/\b(proven|exact return|identical)\b/g, '<tspan class="good">$1</tspan>')
    .replaceAll(/[\u2580-\u259f]+/g, '<tspan class="bar">$&</tspan>');

function picture(commands) {
  const rows = commands.flatMap(({ command, lines }, i) => [
    ...(i === 0 ? [] : [{ text: '' }]),
    { text: command, prompt: true },
    ...lines.map((text) => ({ text })),
  ]);
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER);
  const height = BAR + 2 * MARGIN + rows.length * LINE;
  const texts = rows.map(({ text, prompt }, i) => {
    if (text === '') return '';
    const y = BAR + MARGIN + (i + 0.75) * LINE;
    const content = prompt
      ? `<tspan class="prompt">$ </tspan><tspan class="typed">${escaped(text)}</tspan>`
      : highlighted(text);
    // The length holds the columns where the reader's font is wider or narrower.
    const length = (Array.from(text).length + (prompt ? 2 : 0)) * CHARACTER;
    return `<text x="${MARGIN}" y="${y}" textLength="${length.toFixed(1)}" lengthAdjust="spacingAndGlyphs">${content}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">A terminal: pprof-otlp translates a profile to OTLP and back, and cmp finds the two files identical</title>
<style>
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde4;white-space:pre}
.prompt{fill:#7f8b99}.typed{fill:#fff;font-weight:600}.good{fill:#6fd68a;font-weight:600}.bar{fill:#79b8ff}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#161b22"/>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="7.5" fill="none" stroke="#57606a"/>
<g><circle cx="20" cy="17" r="5" fill="#ed6a5e"/><circle cx="38" cy="17" r="5" fill="#f4bf4f"/><circle cx="56" cy="17" r="5" fill="#61c554"/></g>
${texts.filter((text) => text !== '').join('\n')}
</svg>
`;
}

const svg = picture(session());
if (print === '--print') process.stdout.write(svg);
else {
  mkdirSync(at('docs/images'), { recursive: true });
  writeFileSync(at('docs/images/terminal.svg'), svg);
}
