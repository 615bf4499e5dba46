import { printable } from '../../../src/cli/escape.ts';
import { asFailure } from '../../../src/cli/status.ts';
import { check } from '../../../src/index.ts';
import { type Content, contentOf, profilesOf } from '../../../src/inspect/content.ts';
import { sampleTypeSummary, type TypedProfiles, typedProfiles } from '../../../src/inspect/sampleTypes.ts';
import { summaryOf } from '../../../src/inspect/summaryOf.ts';
import { compressionOf } from '../../../src/io/compression.ts';
import type { Resource } from '../../../src/model/model.ts';
import { valueText } from '../../../src/model/model.ts';
import type { Answer, GraphChoice, Question, ReadOptions, Step } from '../messages.ts';
import { CallTree } from './callTree.ts';
import { FunctionTotals } from './functions.ts';
import { type Opened, open, profileIn, readFile } from './profile.ts';
import { type Facts, translate } from './translate.ts';
import { viewOf } from './treeView.ts';

/** Places of one finding that the page gets. */
const MOST_PLACES = 500;

const port = globalThis as unknown as {
  postMessage(answer: Answer): void;
  onmessage: (event: MessageEvent<Question>) => void;
};
const tell = (answer: Answer): void => port.postMessage(answer);

let fileName = '';
let opened: Opened | undefined;
let read: ReadOptions = {};
let facts: Facts = { scopes: 0, messages: 1, first: undefined };
let content: Content | undefined;
let types: TypedProfiles[] = [];
let tree: CallTree | undefined;
let functions: FunctionTotals | undefined;
/** How many graphs there were. */
let graphs = 0;

/** Questions are answered one after the other, also where an answer takes time of others. */
let last: Promise<void> = Promise.resolve();
port.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

async function answer(question: Question): Promise<void> {
  switch (question.kind) {
    case 'open':
      await openFile(question.file, question.read);
      return;
    case 'graph':
      await step('graph', () => graph(question.choice, question.width));
      return;
    case 'view':
      await step('graph', () => {
        if (tree !== undefined && question.graph === graphs)
          tell({ kind: 'view', view: viewOf(tree, question.focus, question.width) });
      });
      return;
    case 'check':
      await step('check', findings);
      return;
    case 'search':
      await step('search', () => {
        if (functions !== undefined) tell({ kind: 'matches', matches: functions.search(question.text) });
      });
      return;
    case 'translate':
      await step('translate', () => translation(question.target, question.fidelity));
  }
}

/** Runs a step; what goes wrong in it is told in one line, as the command line does. */
async function step(name: Step, run: () => void | Promise<void>): Promise<boolean> {
  tell({ kind: 'step', step: name });
  try {
    await run();
    return true;
  } catch (thrown) {
    tell({ kind: 'failed', step: name, line: lineOf(thrown) });
    return false;
  }
}

function lineOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError && /regular expression/i.test(thrown.message)) return printable(thrown.message);
  if (thrown instanceof DOMException)
    return printable(`${fileName}: cannot be read (${thrown.message}); choose it again`);
  return printable(`${fileName}: ${asFailure(thrown).describe()}`);
}

async function openFile(file: File, options: ReadOptions): Promise<void> {
  fileName = file.name;
  read = options;
  let stored = new Uint8Array(0) as Uint8Array;
  const isRead = await step('read', async () => {
    stored = await readFile(file, (done, of) => tell({ kind: 'step', step: 'read', done, of }));
  });
  if (!isRead) return;
  const isOpen = await step('decompress', () => {
    opened = open(file.name, stored, read);
  });
  if (isOpen && opened !== undefined) {
    const input = opened;
    await step('inspect', () => summarize(input));
  }
}

function summarize(input: Opened): void {
  const profile = profileIn(input, read);
  content = contentOf(profile.bytes, profile.format);
  const summary = summaryOf(content, { file: profile.facts, top: 0 });
  types = typedProfiles(content);
  const scopes = profile.format === 'otlp' ? content.resources.flatMap(scopeNames) : [];
  facts = { scopes: scopes.length, messages: profile.messages, first: undefined };
  tell({ kind: 'summary', summary, scopes });
}

/** A scope by its name and by what tells its resource from others. */
function scopeNames({ attributes, scopes }: Resource, index: number): string[] {
  const service = attributes.find(({ key }) => key === 'service.name') ?? attributes[0];
  const resource = service === undefined ? `resource ${index + 1}` : valueText(service.value);
  return scopes.map(({ name }, i) => `${resource} · ${name || `scope ${i + 1}`}`);
}

function graph(choice: GraphChoice, width: number): void {
  if (content === undefined) return;
  const { sampleType, scope } = choice;
  const typed = sampleType === null ? firstType(content) : types[sampleType];
  const inScope = new Set(
    scope === null ? profilesOf(content) : content.resources.flatMap(({ scopes }) => scopes)[scope]?.profiles,
  );
  const profiles = typed?.profiles.filter((profile) => inScope.has(profile)) ?? [];
  tree = new CallTree(content.dictionary, profiles, choice.grain);
  functions = new FunctionTotals(tree);
  tell({
    kind: 'graph',
    graph: {
      number: ++graphs,
      choice: { ...choice, sampleType: typed === undefined ? null : types.indexOf(typed) },
      type: typed?.type ?? '',
      unit: typed?.unit ?? '',
      total: tree.total.get(0),
      nodes: tree.length - 1,
      functions: tree.frames.functionCount,
      negative: tree.negative,
    },
    view: viewOf(tree, 0, width),
    rows: functions.rows(),
  });
}

/** A graph of nothing helps nobody: where the default type has no values, the first that has some. */
function firstType(content: Content): TypedProfiles | undefined {
  const totals = types.map((typed) => sampleTypeSummary(content, typed).total);
  const isFull = (typed: TypedProfiles) => totals[types.indexOf(typed)] !== 0n;
  const byDefault = types.find(({ isDefault }) => isDefault);
  if (byDefault === undefined || isFull(byDefault)) return byDefault;
  return types.find(isFull) ?? byDefault;
}

function findings(): void {
  if (opened === undefined) return;
  const report = check(opened.bytes, { ...read, all: true, compression: compressionOf(opened.stored) });
  for (const finding of report.findings) finding.places.splice(MOST_PLACES);
  tell({ kind: 'findings', report });
}

async function translation(target: Parameters<typeof translate>[3], fidelity: Parameters<typeof translate>[4]) {
  if (opened === undefined) return;
  tell({ kind: 'translation', translation: await translate(opened, read, facts, target, fidelity) });
}
