// docs/rules.md, from the table of rules and from the lists of defects.

import { RULES, type RuleInfo } from '../../src/check/check.ts';
import { encodeOtlp } from '../support/oracle.ts';
import { type Defect, spoiled } from './defect.ts';
import { OTLP_DEFECTS } from './otlpDefects.ts';
import { PPROF_DEFECTS } from './pprofDefects.ts';
import { profcheck } from './profcheck.ts';
import { validOtlp } from './valid.ts';

/** What stands in a cell of a table; code stays as it is. */
const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll(/(`[^`]*`)|</g, (_, code: string | undefined) => code ?? '&lt;');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const rulesOf = (format: string): string =>
  table(
    ['rule', 'severity', 'what holds', 'source'],
    RULES.filter(({ id }) => id.startsWith(`${format}/`)).map(({ id, severity, says, source }: RuleInfo) => [
      `\`${id}\``,
      severity,
      says,
      source,
    ]),
  );

function checkText({ rule, reason }: Pick<Defect<never>, 'rule' | 'reason'>): string {
  const found = rule === null ? 'nothing' : rule.includes('/') ? `\`${rule}\`` : 'refused, status 3';
  return reason === undefined ? found : `${found}; ${reason}`;
}

/** The first message of profcheck, and how many more there are. */
function profcheckText(defect: (typeof OTLP_DEFECTS)[number]): string {
  if (defect.profcheck !== undefined) return defect.profcheck;
  const [first, ...more] = profcheck(spoiled(validOtlp, encodeOtlp, defect));
  if (first === undefined) return 'passes';
  const text = `\`${first.replaceAll('`', "'")}\``;
  return more.length === 0 ? text : `${text} and ${more.length} more`;
}

export const page = (): string => `# Rules of \`check\`

Written by \`npm run rules\` from the table of rules in \`src/check/\`; a test holds it current.

\`pprof-otlp check FILE...\` reads uncompressed or compressed pprof and OTLP Profiles in any form that is translated, and
says which rules a file breaks, where (message path, index, byte offset in the uncompressed protobuf) and how.

- **error**: the format forbids it: a MUST of profiles.proto and of the specification, what google/pprof refuses.
- **warning**: the format advises against it: a SHOULD. A MUST of a page in status Development (mappings, semantic
  conventions) is a warning, too: the pages still change, and many producers do not follow them yet.
- **info**: merely odd, or a convention; worth a look when something seems wrong.

The exit status is 1 with an error, with \`--strict\` also with a warning; 3 when the file can't be read at all.
Breaks of one rule are one finding with a count and the first places; \`--all\` lists up to 100,000 of each.
\`--rule ID=off|info|warn|error\` gives a rule another severity.

## OTLP Profiles

${rulesOf('otlp')}

## pprof

${rulesOf('pprof')}

## Defects of OTLP payloads

${OTLP_DEFECTS.length} ways to spoil a valid payload. Each is a test: \`check\` finds exactly the rule beside it. What
OpenTelemetry's profcheck says, with \`-check-dupes\`, \`-check-orphans\` and \`-check-sample-shapes\`, is what a port of its
source says of the same bytes, shortened. Its indexes of mapping_table and link_table are one too low, and it panics on a payload
without dictionary, mapping_table or link_table.

${table(
  ['defect', 'profcheck', '`check`'],
  OTLP_DEFECTS.map((defect) => [defect.name, profcheckText(defect), checkText(defect)]),
)}

## Defects of pprofs

${PPROF_DEFECTS.length} ways to spoil a valid profile, tested alike. google/pprof reads a file with \`Parse\`, which ends in
\`CheckValid\`; what it accepts it may drop in silence.

${table(
  ['defect', 'google/pprof', '`check`'],
  PPROF_DEFECTS.map((defect) => [defect.name, defect.google, checkText(defect)]),
)}
`;
