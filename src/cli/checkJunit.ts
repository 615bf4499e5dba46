import { type Finding, type Level, RULES } from '../check/check.ts';
import { type CheckedFile, placeLines, placeText } from './checkReport.ts';
import { printable } from './escape.ts';

/**
 * A suite a file, a case a rule of its format. A rule fails its case when it counts for the exit status; what else it
 * found is the case's output. A file that can't be read is an error.
 */
export function junit(files: readonly CheckedFile[], rules: Readonly<Record<string, Level>>, strict: boolean): string {
  const suites = files.flatMap((file) => suite(file, rules, strict));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="pprof-otlp check">',
    ...suites,
    '</testsuites>',
  ].join('\n');
}

function suite(file: CheckedFile, rules: Readonly<Record<string, Level>>, strict: boolean): string[] {
  const name = attribute(file.input);
  if (file.error !== null) {
    const message = attribute(placeText(file.error));
    return [
      `  <testsuite name="${name}" tests="1" failures="0" errors="1">`,
      `    <testcase classname="${name}" name="read"><error type="${file.error.code}" message="${message}"/></testcase>`,
      '  </testsuite>',
    ];
  }
  const format = file.from === 'pprof' ? 'pprof/' : 'otlp/';
  const checked = RULES.filter(({ id }) => id.startsWith(format) && rules[id] !== 'off');
  const found = new Map(file.findings.map((finding) => [finding.rule, finding]));
  const fails = ({ severity }: Finding) => severity === 'error' || (strict && severity === 'warning');
  const cases = checked.map(({ id }) => {
    const finding = found.get(id);
    const head = `    <testcase classname="${name}" name="${id}"`;
    if (finding === undefined) return `${head}/>`;
    const text = content(placeLines(finding).join('\n'));
    if (!fails(finding)) return `${head}><system-out>${text}</system-out></testcase>`;
    return `${head}><failure type="${finding.severity}" message="The rule: ${attribute(finding.says)}">${text}</failure></testcase>`;
  });
  const failures = file.findings.filter(fails).length;
  return [
    `  <testsuite name="${name}" tests="${checked.length}" failures="${failures}" errors="0">`,
    ...cases,
    '  </testsuite>',
  ];
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no way to say most control characters, so they are spelled out. */
function content(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line).replaceAll(/[\ufffe\uffff]/g, '\ufffd'))
    .join('\n')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]);
}

const attribute = (text: string): string => content(printable(text));
