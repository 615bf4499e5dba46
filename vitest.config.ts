import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/cli/build.ts'],
    testTimeout: 30_000,
    // Half of a run was importing the same modules again for each file.
    isolate: false,
  },
});
