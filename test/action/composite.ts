import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Step {
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  shell?: string;
  env?: Record<string, string>;
}

export interface Action {
  inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Step[] };
}

export const ACTION: Action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

export interface Ran {
  outcome: 'success' | 'failure';
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

export interface Runner {
  /** The repository of the workflow. */
  workspace: string;
  /** Where the action is checked out. */
  action?: string;
  env?: Record<string, string>;
}

/** Runs the steps of action.yml as a runner would: inputs and outputs by expressions, a shell a step. */
export function use(inputs: Readonly<Record<string, string>>, { workspace, action = ROOT, env = {} }: Runner): Ran {
  const temp = mkdtempSync(join(tmpdir(), 'pprof-otlp-runner-'));
  const summaryPath = join(temp, 'summary.md');
  writeFileSync(summaryPath, '');
  const given: Record<string, string> = {};
  for (const [name, input] of Object.entries(ACTION.inputs)) given[name] = inputs[name] ?? input.default ?? '';
  const outputs: Record<string, Record<string, string>> = {};
  const EXPRESSION = /\$\{\{ *(?:inputs\.([\w-]+)|steps\.(\w+)\.outputs\.([\w-]+)) *\}\}/g;
  const evaluate = (text: string): string =>
    text.replaceAll(EXPRESSION, (whole, input, step, name) => {
      if (input !== undefined && given[input] === undefined) throw new Error(`${whole} leads nowhere`);
      return (input === undefined ? outputs[step]?.[name] : given[input]) ?? '';
    });

  const ran: Ran = { outcome: 'success', log: '', outputs: {}, summary: '' };
  for (const [index, step] of ACTION.runs.steps.entries()) {
    if (step.if !== undefined && !holds(step.if, outputs)) continue;
    if (step.run === undefined) throw new Error(`this runner has no ${step.uses}`);
    const outputPath = join(temp, `output-${index}`);
    writeFileSync(outputPath, '');
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value)]);
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        ...process.env,
        GITHUB_ACTION_PATH: action,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: outputPath,
        GITHUB_STEP_SUMMARY: summaryPath,
        RUNNER_TEMP: temp,
        ...Object.fromEntries(own),
        ...env,
      },
    });
    ran.log += stdout + stderr;
    if (step.id !== undefined) outputs[step.id] = outputsOf(readFileSync(outputPath, 'utf8'));
    if (status !== 0) {
      ran.outcome = 'failure';
      break;
    }
  }
  ran.summary = readFileSync(summaryPath, 'utf8');
  for (const [name, { value }] of Object.entries(ACTION.outputs)) {
    if (outputs.run !== undefined) ran.outputs[name] = evaluate(value);
  }
  return ran;
}

/** `steps.node.outputs.usable != 'true'`, all that action.yml needs. */
function holds(condition: string, outputs: Record<string, Record<string, string>>): boolean {
  const [, step, name, value] = /^steps\.(\w+)\.outputs\.([\w-]+) != '([^']*)'$/.exec(condition) ?? [];
  if (step === undefined) throw new Error(`this runner does not know ${condition}`);
  return outputs[step]?.[name] !== value;
}

/** A file of outputs: `name=value`, or `name<<END`, lines, `END`. */
function outputsOf(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, name, end, lines, value] of text.matchAll(/^([\w-]+)(?:<<(.+)\n([\s\S]*?)\n?\2|=(.*))$/gm))
    outputs[name] = end === undefined ? value : lines;
  return outputs;
}

/** A folder that a checkout of the action would be, without what a build adds. */
export function checkout(dir: string, version: string): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'pprof-otlp', version }));
  return dir;
}
