import { formatSize } from '../../src/cli/size.ts';
import { inspectorWorker } from './inspectorWorker.ts';
import type { Answer, Question, ReadOptions, Step } from './messages.ts';
import { byId, fill, h } from './page/dom.ts';
import { DropZone } from './page/dropZone.ts';
import { findingsFailed, showFindings } from './page/findingsView.ts';
import { FunctionsView } from './page/functionsView.ts';
import { GraphView } from './page/graphView.ts';
import { ProgressView } from './page/progressView.ts';
import { showSummary } from './page/summaryView.ts';
import { TranslationView } from './page/translationView.ts';

/** What there is only with a file. */
const CARDS = ['errors', 'summary-card', 'graph-card', 'functions-card', 'check-card', 'translation-card', 'more'];

let worker: Worker | undefined;
let current: File | undefined;
/** What the opening of the file is at; undefined when it is done. */
let opening: Step | undefined;
/** Whether the file could be decoded. */
let isSound = false;
/** The lines that say what went wrong. */
let failures: string[] = [];

const ask = (question: Question): void => worker?.postMessage(question);
const progress = new ProgressView();
const translation = new TranslationView((target, fidelity) => ask({ kind: 'translate', target, fidelity }));
const graph = new GraphView({
  graph: (choice, width) => ask({ kind: 'graph', choice, width }),
  view: (number, focus, width) => ask({ kind: 'view', graph: number, focus, width }),
  search: (text) => ask({ kind: 'search', text }),
});
const functions = new FunctionsView((name) => graph.searchFor(name));
const zone = new DropZone(open, () => {
  if (current !== undefined) open(current, zone.read);
});
byId('cancel').addEventListener('click', cancel);

/** Every file has a worker of its own: what the one before still does ends with it. */
function open(file: File, read: ReadOptions, others = 0): void {
  stop();
  worker = inspectorWorker();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => receive(data);
  worker.onerror = ({ message }) => {
    complain(`${file.name}: the worker stopped (${message}); try a smaller file`);
    finish();
  };
  current = file;
  opening = 'read';
  isSound = false;
  failures = [];
  document.body.classList.add('opened');
  document.title = `${file.name} · pprof-otlp`;
  fill(byId('file-name'), file.name);
  fill(byId('file-size'), formatSize(file.size));
  byId('file-bar').hidden = false;
  for (const id of CARDS) byId(id).hidden = true;
  fill(byId('check-brief'));
  translation.reset();
  graph.reset();
  progress.begin();
  say(`Opening ${file.name}${others > 0 ? `; ${others} more left out, one file at a time` : ''}`);
  ask({ kind: 'open', file, read });
}

function cancel(): void {
  stop();
  opening = undefined;
  progress.end();
  say('Cancelled');
}

function stop(): void {
  if (worker === undefined) return;
  // What it has said already and nobody has heard yet.
  worker.onmessage = null;
  worker.terminate();
  worker = undefined;
}

/** When a step of the opening is over, asks for the next one. What cannot be decoded can still be checked. */
function proceed(over: Step): void {
  if (opening === undefined || over !== opening) return;
  if (over === 'inspect' || over === 'graph') {
    opening = 'check';
    ask({ kind: 'check' });
  } else if (over === 'check' && isSound) {
    opening = 'translate';
    ask({ kind: 'translate', target: 'default', fidelity: 'exact' });
  } else finish();
}

function finish(): void {
  opening = undefined;
  progress.end();
  say(failures.length > 0 ? failures[0] : `${current?.name} is open`);
}

function receive(answer: Answer): void {
  switch (answer.kind) {
    case 'step':
      if (!isSound && opening !== undefined) opening = answer.step;
      progress.show(answer.step, answer.done, answer.of);
      break;
    case 'summary':
      isSound = true;
      showSummary(answer.summary);
      // The graph measures its place, which has to be there.
      reveal('summary-card', 'more', 'graph-card');
      opening = 'graph';
      graph.begin(answer.summary, answer.scopes);
      break;
    case 'graph':
      reveal('functions-card');
      graph.show(answer.graph, answer.view);
      functions.show(answer.rows, answer.graph);
      proceed('graph');
      break;
    case 'view':
      graph.showView(answer.view);
      break;
    case 'matches':
      graph.showMatches(answer.matches);
      functions.showRows(answer.matches.rows);
      break;
    case 'findings':
      showFindings(answer.report);
      reveal('check-card');
      proceed('check');
      break;
    case 'translation':
      translation.show(answer.translation);
      reveal('translation-card');
      proceed('translate');
      break;
    case 'failed':
      fail(answer.step, answer.line);
  }
}

function fail(step: Step, line: string): void {
  switch (step) {
    case 'search':
      fill(byId('found'), line);
      return;
    case 'translate':
      translation.failed(line);
      reveal('translation-card');
      break;
    case 'check':
      // What could not be decoded was said before, with the better place.
      if (failures.length > 0) break;
      findingsFailed();
      reveal('check-card');
      complain(line);
      break;
    default:
      complain(line);
  }
  proceed(step);
}

function complain(line: string): void {
  failures.push(line);
  fill(byId('errors'), ...failures.map((each) => h('p', { class: 'code' }, each)));
  reveal('errors');
}

function reveal(...ids: readonly string[]): void {
  for (const id of ids) byId(id).hidden = false;
}

/** For who can't see what changes. */
function say(text: string): void {
  byId('status').textContent = text;
}
