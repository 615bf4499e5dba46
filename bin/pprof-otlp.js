#!/usr/bin/env node
// Node 22.1 and later keep the compiled code, which halves the start-up. To import the module would load more of it.
process.getBuiltinModule?.('node:module').enableCompileCache?.();

await import('../dist/cli.js');
