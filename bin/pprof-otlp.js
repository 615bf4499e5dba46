#!/usr/bin/env node
import module from 'node:module';

// Node 22.1 and later keep the compiled code, which halves the start-up.
module.enableCompileCache?.();

await import('../dist/cli.js');
