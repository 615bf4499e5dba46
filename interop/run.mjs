// Runs the interop tests, which need Go; without Go it says so and is content.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The modules: the second has the Collector, and a hundred dependencies that the first does without. */
const modules = ['.', 'collector/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** Counts the tests that have no subtests, and shows the output of those that fail. */
class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  output = new Map();
  parents = new Set();

  add({ Action: action, Package: pkg, Test: test, Output: output = '' }) {
    const name = `${pkg} ${test ?? ''}`;
    if (action === 'output') {
      this.output.set(name, (this.output.get(name) ?? '') + output);
    } else if (action === 'run') {
      for (let at = test.lastIndexOf('/'); at > 0; at = test.lastIndexOf('/', at - 1))
        this.parents.add(`${pkg} ${test.slice(0, at)}`);
    } else if (action === 'build-output') {
      process.stdout.write(output);
    } else if (action === 'pass' || action === 'skip' || action === 'fail') {
      this.end(action, test, name);
    }
  }

  end(action, test, name) {
    const output = this.output.get(name) ?? '';
    this.output.delete(name);
    if (action !== 'pass' || (test !== undefined && this.parents.has(name))) process.stdout.write(notable(output));
    if (test === undefined || this.parents.has(name)) return;
    if (action === 'pass') this.passed++;
    else if (action === 'skip') this.skipped++;
    else this.failed++;
  }
}

/** Output without the lines that go test writes around each test. */
function notable(output) {
  return output
    .split(/(?<=\n)/)
    .filter((line) => !/^\s*(=== (RUN|PAUSE|CONT|NAME)|--- PASS)/.test(line))
    .join('');
}

/** Vets and tests a module. */
async function test(cwd, tally) {
  const vet = spawnSync('go', ['vet', './...'], { cwd, stdio: 'inherit' });
  const go = spawn('go', ['test', './...', '-count=1', '-json'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => go.once('close', resolve));
  const before = tally.failed;
  for await (const line of createInterface({ input: go.stdout })) {
    if (line.startsWith('{')) tally.add(JSON.parse(line));
    else console.log(line);
  }
  const status = await ended;
  // A package that does not build fails without a test.
  if (status !== 0 && tally.failed === before) tally.failed++;
  return vet.status === 0;
}

async function main() {
  if (spawnSync('go', ['version']).error !== undefined) {
    console.log('interop: skipped, Go is not installed');
    return 0;
  }
  const tally = new Tally();
  let vetted = true;
  for (const cwd of modules) vetted = (await test(cwd, tally)) && vetted;
  if (tally.skipped > 0) console.log(`${tally.skipped} skipped`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return vetted && tally.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
