// Puts a counter at every place where the code of a module may go one way or another, so that the fuzzer sees which
// input reaches what. The counters are one Uint8Array for all modules, `globalThis.fuzzCounters`.
import { parse } from 'acorn';

const COUNTERS = 'fuzzCounters';

/**
 * @param {string} code JavaScript, an ES module
 * @param {number} first number of the first counter
 * @returns {{ code: string, next: number }} the code with counters, and the number of the next one
 */
export function instrument(code, first) {
  /** @type {{ at: number, text: string }[]} */
  const inserts = [];
  let next = first;
  const count = () => `${COUNTERS}[${next++}]++`;

  /** @param {any} node */
  function statement(node) {
    if (node.type === 'BlockStatement') {
      inserts.push({ at: node.start + 1, text: `${count()};` });
      walk(node);
      return;
    }
    inserts.push({ at: node.start, text: `{${count()};` });
    walk(node);
    inserts.push({ at: node.end, text: '}' });
  }

  /** @param {any} node */
  function expression(node) {
    inserts.push({ at: node.start, text: `(${count()}, (` });
    walk(node);
    inserts.push({ at: node.end, text: '))' });
  }

  /** @type {Record<string, Record<string, (node: any) => void>>} what becomes of a node's children; others are walked */
  const counted = {
    FunctionDeclaration: { body: statement },
    FunctionExpression: { body: statement },
    ArrowFunctionExpression: { body: (node) => (node.type === 'BlockStatement' ? statement : expression)(node) },
    IfStatement: { consequent: statement, alternate: statement },
    ForStatement: { body: statement },
    ForOfStatement: { body: statement },
    WhileStatement: { body: statement },
    DoWhileStatement: { body: statement },
    CatchClause: { body: statement },
    ConditionalExpression: { consequent: expression, alternate: expression },
    LogicalExpression: { right: expression },
  };

  /** @param {any} node */
  function walk(node) {
    if (node.type === 'SwitchCase' && node.consequent.length > 0)
      inserts.push({ at: node.consequent[0].start, text: `${count()};` });
    for (const [key, child] of Object.entries(node)) {
      const visit = counted[node.type]?.[key] ?? walk;
      for (const one of Array.isArray(child) ? child : [child]) if (typeof one?.type === 'string') visit(one);
    }
  }

  walk(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  inserts.sort((a, b) => a.at - b.at);
  let out = `const ${COUNTERS} = globalThis.${COUNTERS};`;
  let from = 0;
  for (const { at, text } of inserts) {
    out += code.slice(from, at) + text;
    from = at;
  }
  return { code: out + code.slice(from), next };
}
