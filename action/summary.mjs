// The job summary: what came of the files, in Markdown.
import { remarks, resultOf } from './report.mjs';
import { code, count, size } from './text.mjs';

/** GitHub takes 1 MiB of a step, and drops the whole summary when it is more. */
const MOST_BYTES = 900_000;
const MOST_REMARKS = 200;

const DONE = { verify: 'come back', check: 'keep the rules', convert: 'are converted' };

/** In: the files of a report, the failed ones first. Out: Markdown in which their names and messages are plain text. */
export function summary(command, files, mostBytes = MOST_BYTES) {
  const good = files.filter(({ exit }) => exit === 0).length;
  const head = `### pprof-otlp ${command}: ${good} of ${count(files.length, 'file')} ${DONE[command]}`;
  if (files.length === 0) return `${head}\n`;
  const table = [...titles(command), ...cut(files.flatMap(rowsOf), 'file', mostBytes / 2)];
  const list = cut(files.flatMap(itemsOf), 'remark', mostBytes / 2, MOST_REMARKS);
  const details = ['<details><summary>Errors and warnings</summary>', '', ...list, '', '</details>'];
  return `${[head, '', ...table, ...(list.length > 0 ? ['', ...details] : [])].join('\n')}\n`;
}

const titles = (command) => [
  `| | File | Form | Size |${command === 'check' ? '' : ' Samples |'} Result |`,
  `|---|---|---|--:|${command === 'check' ? '' : '--:|'}---|`,
];

function rowsOf(file) {
  return file.lines.map((line, index) => {
    const mark = line.exit > 0 ? '❌' : line.warnings > 0 || line.warnings?.length > 0 ? '⚠️' : '✅';
    const target = line.output ?? null;
    const name = target === null ? code(line.input) : `${code(line.input)} → ${code(target)}`;
    const form = [line.from, line.to].filter((each) => each).join(' → ');
    const samples = line.findings === undefined ? [line.samples ?? ''] : [];
    const bytes = line.inputBytes === null ? '' : size(line.inputBytes);
    return `| ${[mark, name, form, bytes, ...samples, code(resultOf(file)[index])].join(' | ')} |`;
  });
}

function itemsOf(file) {
  return remarks(file)
    .filter(({ level }) => level !== 'notice')
    .map(({ level, rule, text }) => {
      const title = rule === undefined ? level : `${level} ${code(rule)}`;
      return `- ${code(file.input)}: ${title}: ${text.split('\n').map(code).join('<br>')}`;
    });
}

/** As many lines as fit, then how many did not. */
function cut(lines, word, mostBytes, most = Number.POSITIVE_INFINITY) {
  let bytes = 0;
  const fits = (line, index) => {
    bytes += Buffer.byteLength(line) + 1;
    return index >= most || bytes > mostBytes;
  };
  const end = lines.findIndex(fits);
  if (end < 0) return lines;
  const rest = `${count(lines.length - end, word)} more; the report has them all`;
  return [...lines.slice(0, end), lines[0].startsWith('|') ? `| | ${rest} |` : `- ${rest}`];
}
