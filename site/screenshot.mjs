// Takes the pictures of the page in docs/images, of what `npm run site` wrote, or one of another profile:
//
//   node site/screenshot.mjs
//   node site/screenshot.mjs PROFILE PICTURE.png [light|dark] [WIDTH] [HEIGHT|full]

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from './browser.mjs';

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const index = join(site, 'dist/index.html');
const USAGE = 'usage: node site/screenshot.mjs [PROFILE PICTURE.png [light|dark] [WIDTH] [HEIGHT|full]]\n';

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{ profile: string, picture: string, scheme?: string, width?: string, height?: string, point?: string }} shot
 */
async function take(browser, { profile, picture, scheme = 'light', width = '1240', height = '1060', point }) {
  const isFull = height === 'full';
  const page = await browser.newPage({
    colorScheme: scheme === 'dark' ? 'dark' : 'light',
    viewport: { width: Number(width), height: isFull ? 800 : Number(height) },
  });
  page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
  page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
  await page.goto(pathToFileURL(index).href);
  await page.locator('#file').setInputFiles(profile);
  await page.locator('#progress').waitFor({ state: 'hidden' });
  if (point !== undefined) await page.locator('#flame g.frame', { hasText: point }).first().hover();
  // The labels of the frames come a moment after the frames.
  await page.waitForTimeout(300);
  await page.screenshot({ path: picture, fullPage: isFull });
  await page.close();
}

const [profile, picture, scheme, width, height] = process.argv.slice(2);
if ((profile !== undefined && picture === undefined) || !existsSync(index)) {
  process.stderr.write(existsSync(index) ? USAGE : 'there is no page yet; run npm run site\n');
  process.exit(2);
}
const browser = await launch();
try {
  if (profile !== undefined) await take(browser, { profile, picture, scheme, width, height });
  else {
    for (const colors of ['light', 'dark']) {
      await take(browser, {
        profile: join(root, 'fixtures/go-runtime-cpu-labels.pb.gz'),
        picture: join(root, `docs/images/site-${colors}.png`),
        scheme: colors,
        point: 'main.treeLoop',
      });
    }
  }
} finally {
  await browser.close();
}
