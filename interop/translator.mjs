// Drives the library for programs in other languages: one JSON command a line on stdin, one JSON answer a line on
// stdout.
//
//   {"cmd":"toOtlp","in":PATH,"out":PATH,"options":{...}}   → {"report":{...}}
//   {"cmd":"toPprof","in":PATH,"out":PATH,"options":{...}}  → {"reports":[...],"outputs":[PATH.0, PATH.1, ...]}
//   {"cmd":"verify","in":PATH,"options":{...}}              → {"report":{...}}
//   {"cmd":"check","in":PATH,"options":{...}}               → {"findings":[...]}
//   anything that fails                                     → {"error":{"code","stage","path","offset","message"}}
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { check, otlpToPprof, pprofToOtlp, verify } from '../dist/index.js';

const commands = {
  toOtlp({ input, out, options }) {
    const { otlp, report } = pprofToOtlp(input, options);
    writeFileSync(out, otlp);
    return { report };
  },
  toPprof({ input, out, options }) {
    const { pprofs, reports } = otlpToPprof(input, options);
    const outputs = pprofs.map((pprof, i) => {
      const path = `${out}.${i}`;
      writeFileSync(path, pprof);
      return path;
    });
    return { reports, outputs };
  },
  verify({ input, options }) {
    return { report: verify(input, options) };
  },
  check({ input, options }) {
    return { findings: check(input, options).findings };
  },
};

function answer(line) {
  try {
    const { cmd, in: path, out, options } = JSON.parse(line);
    if (!Object.hasOwn(commands, cmd)) throw new Error(`no command ${cmd}`);
    return commands[cmd]({ input: readFileSync(path), out, options });
  } catch (error) {
    const { code = 'unexpected', stage, path, offset, message, stack } = error;
    return { error: { code, stage, path, offset, message, stack } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);
}
