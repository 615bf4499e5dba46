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

let worker: Worker | undefined;
let current: File | undefined;
/** The lines that say what went wrong. */
let failures: string[] = [];

const ask = (question: Question): void => worker?.postMessage(question);
const progress = new ProgressView();
const translation = new TranslationView((target, fidelity) => ask({ kind: 'translate', target, fidelity }));
const graph = new GraphView({
  graph: (choice, width) => ask({ kind: 'graph', choice, width }),
  view: (focus, width) => ask({ kind: 'view', focus, width }),
  search: (text) => ask({ kind: 'search', text }),
});
const functions = new FunctionsView((name) => graph.searchFor(name));
const zone = new DropZone(open, () => {
  if (current !== undefined) open(current, zone.read);
});
byId('cancel').addEventListener('click', cancel);

/** Every file has a worker of its own: what the one before still does ends with it. */
function open(file: File, read: ReadOptions, others = 0): void {
  worker?.terminate();
  worker = inspectorWorker();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => receive(data);
  worker.onerror = ({ message }) => {
    fail('read', `${file.name}: the worker stopped (${message}); try a smaller file`);
    progress.end();
  };
  current = file;
  failures = [];
  document.body.classList.add('opened');
  document.title = `${file.name} · pprof-otlp`;
  fill(byId('file-name'), file.name);
  fill(byId('file-size'), formatSize(file.size));
  byId('file-bar').hidden = false;
  for (const id of [
    'errors',
    'summary-card',
    'graph-card',
    'functions-card',
    'check-card',
    'translation-card',
    'more',
  ]) {
    byId(id).hidden = true;
  }
  fill(byId('check-brief'));
  translation.reset();
  progress.begin();
  say(`Opening ${file.name}${others > 0 ? `; ${others} more left out, one file at a time` : ''}`);
  ask({ kind: 'open', file, read });
}

function cancel(): void {
  worker?.terminate();
  worker = undefined;
  progress.end();
  say('Cancelled');
}

function receive(answer: Answer): void {
  switch (answer.kind) {
    case 'step':
      progress.show(answer.step, answer.done, answer.of);
      break;
    case 'summary':
      showSummary(answer.summary);
      graph.offer(answer.summary, answer.scopes);
      reveal('summary-card', 'more');
      break;
    case 'graph':
      // It measures its place, which has to be there.
      reveal('graph-card', 'functions-card');
      graph.show(answer.graph, answer.view);
      functions.show(answer.rows, answer.graph);
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
      break;
    case 'translation':
      translation.show(answer.translation);
      reveal('translation-card');
      break;
    case 'failed':
      fail(answer.step, answer.line);
      break;
    case 'done':
      progress.end();
      say(failures.length > 0 ? failures[0] : `${current?.name} is open`);
  }
}

function fail(step: Step, line: string): void {
  if (step === 'search') {
    fill(byId('found'), line);
    return;
  }
  if (step === 'translate') {
    translation.failed(line);
    reveal('translation-card');
    return;
  }
  if (step === 'check') {
    // What could not be decoded was said before, with the better place.
    if (failures.length > 0) return;
    findingsFailed();
    reveal('check-card');
  }
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
