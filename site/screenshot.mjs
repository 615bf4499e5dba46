// Takes pictures of the page with a profile open: npm run site, then
//
//   node site/screenshot.mjs PROFILE PICTURE.png [light|dark] [WIDTH] [HEIGHT]

import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from './browser.mjs';

const [profile, picture, scheme = 'light', width = '1240', height = '1000'] = process.argv.slice(2);
if (profile === undefined || picture === undefined) {
  process.stderr.write('usage: node site/screenshot.mjs PROFILE PICTURE.png [light|dark] [WIDTH] [HEIGHT]\n');
  process.exit(2);
}
const browser = await launch();
try {
  const page = await browser.newPage({
    colorScheme: scheme === 'dark' ? 'dark' : 'light',
    viewport: { width: Number(width), height: height === 'full' ? 800 : Number(height) },
  });
  page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
  page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
  const index = join(dirname(fileURLToPath(import.meta.url)), 'dist/index.html');
  await page.goto(pathToFileURL(index).href);
  if (profile !== '-') {
    await page.locator('#file').setInputFiles(profile);
    await page.locator('#progress').waitFor({ state: 'hidden' });
  }
  await page.waitForTimeout(300);
  await page.screenshot({ path: picture, fullPage: height === 'full' });
} finally {
  await browser.close();
}
