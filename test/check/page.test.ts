import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { page } from './page.ts';

test('docs/rules.md is current; `npm run rules` writes it', async () => {
  await expect(page()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/rules.md', import.meta.url)));
});
