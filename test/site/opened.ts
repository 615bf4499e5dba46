// The page as it is built from what is in the repository now, in the system's Chromium.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { chromiumPath, launch } from '../../site/browser.mjs';
import { buildPage } from '../../site/build.mjs';

export const hasChromium: boolean = chromiumPath() !== undefined;
export const WHERE = '(skipped where there is no Chromium; CHROMIUM_PATH says where it is)';
/** For a slow machine that others use too. */
export const PATIENCE = 60_000;
/** For a whole test: what it waits for says what is missing before that. */
export const MOST_TIME = 4 * PATIENCE;

export interface Site {
  /** The page's text. */
  html: string;
  /** Its address as a file. */
  file: string;
  /** Its address on a server, and the paths that were asked of that. */
  served: string;
  asked: string[];
  /** A page that has not opened a file yet. */
  page(options?: BrowserContextOptions & { address?: string }): Promise<Page>;
}

/** The site for the tests of a file: built once, one browser. */
export function useSite(): Site {
  const site = { html: '', file: '', served: '', asked: [] as string[] } as Site;
  let browser: Browser;
  let server: Server;
  let folder: string;
  beforeAll(async () => {
    site.html = await buildPage();
    folder = mkdtempSync(join(tmpdir(), 'pprof-otlp-site-'));
    writeFileSync(join(folder, 'index.html'), site.html);
    site.file = pathToFileURL(join(folder, 'index.html')).href;
    server = createServer(({ url = '' }, response) => {
      site.asked.push(url);
      response.setHeader('content-type', 'text/html; charset=utf-8').end(site.html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    site.served = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  }, MOST_TIME);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    server?.closeAllConnections();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  site.page = async ({ address = site.file, ...options } = {}) => {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    context.setDefaultTimeout(PATIENCE);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  return site;
}

/** Chooses a file and waits until all is said about it. */
export async function open(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await choose(page, name, bytes);
  await page.locator('#progress').waitFor({ state: 'hidden' });
}

export async function choose(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
}

export async function downloaded(page: Page, index = 0): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#downloads button').nth(index).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await contentOf(download) };
}

async function contentOf(download: Download): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).innerText()).trim();

/** What assistive technology hears of the frames that are drawn. */
export async function frames(page: Page): Promise<string[]> {
  const labels = await page
    .locator('#flame g.frame')
    .evaluateAll((all) => all.map((frame) => frame.getAttribute('aria-label') ?? ''));
  return labels;
}
