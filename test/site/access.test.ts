import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../support/fixtures.ts';
import { hasChromium, MOST_TIME, open, PATIENCE, text, useSite, WHERE } from './opened.ts';

const stored = (name: string): Uint8Array => new Uint8Array(readFileSync(FIXTURES + name));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What has the focus: its id, or what it says. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { id, textContent, tagName } = document.activeElement;
    return id || document.activeElement.getAttribute('aria-label') || textContent.trim() || tagName;
  })()`) as Promise<string>;

/** Presses the tab key until something has the focus. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)).startsWith(wanted)) return;
  }
  throw new Error(`the tab key does not lead to ${wanted}`);
}

describe.skipIf(!hasChromium)(`the page is for everybody ${WHERE}`, { timeout: MOST_TIME }, () => {
  const site = useSite();

  it('by keyboard alone', async () => {
    const page = await site.page();
    // Asked for this early, for the browser has to know before the chooser opens that nobody will see it.
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('choose');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(`${FIXTURES}go-runtime-cpu-labels.pb.gz`);
    await page.locator('#check-card').waitFor();
    await page.locator('#progress').waitFor({ state: 'hidden' });

    // The flame graph is one stop; the arrow keys go on from there.
    await tabTo(page, 'all, ');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toMatch(/^sync\.\(\*WaitGroup\)\.Go\.func1, /);
    expect(await text(page, '#frame')).toContain('sync.(*WaitGroup).Go.func1');
    const stroke = 'getComputedStyle(document.activeElement.querySelector("rect")).strokeWidth';
    expect(await page.evaluate(stroke)).toBe('2.5px');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).not.toMatch(/^sync\./);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toMatch(/^main\.cpuWork\.func1, /);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#flame g.fade').count(), { timeout: PATIENCE }).toBe(2);
    expect(await focused(page)).toMatch(/^main\.cpuWork\.func1, /);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toMatch(/^all, /);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#flame g.fade').count(), { timeout: PATIENCE }).toBe(0);
    expect(await focused(page)).toMatch(/^all, /);

    // The table says the same, sorts, and leads back to the graph.
    await tabTo(page, 'With callees');
    await page.keyboard.press('Enter');
    expect(await page.locator('th[aria-sort="descending"]').innerText()).toContain('With callees');
    expect(await focused(page)).toBe('With callees');
    await page.keyboard.press('Tab');
    const name = await focused(page);
    await page.keyboard.press('Enter');
    expect(await page.locator('#find').inputValue()).toBe(name);
    await page.locator('#found').filter({ hasText: 'function' }).waitFor();
    expect(await focused(page)).toMatch(/^all, /);
  });

  it.each([
    ['light', 'go-runtime-cpu-labels.pb.gz'],
    ['dark', 'ebpf-reporter-synthetic.otlp.pb'],
  ] as const)('by the rules of WCAG that axe knows, %s', async (colorScheme, name) => {
    const page = await site.page({ colorScheme });
    const violations = async () => {
      await page.evaluate(axe);
      return page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes.slice(0, 3).map(({ html }) => html).join(' ')))`);
    };
    expect(await violations()).toEqual([]);
    await open(page, name, stored(name));
    expect(await violations()).toEqual([]);
  });

  it('in the colors of the system', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      const page = await site.page({ colorScheme });
      return page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect(await background('light')).not.toBe(await background('dark'));
  });

  it.each([320, 768, 1600])('on a screen %i wide', async (width) => {
    const page = await site.page({ viewport: { width, height: 800 } });
    for (const name of ['go-runtime-cpu-labels.pb.gz', 'ebpf-reporter-synthetic.otlp.pb']) {
      await open(page, name, stored(name));
      const [inner, outer] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[];
      expect(inner).toBeLessThanOrEqual(outer);
    }
  });

  it('when the window changes', async () => {
    const page = await site.page({ viewport: { width: 1200, height: 800 } });
    await open(page, 'x.pb.gz', stored('go-runtime-heap.pb.gz'));
    await page.setViewportSize({ width: 600, height: 800 });
    const svg = page.locator('#flame svg');
    await expect.poll(async () => Number(await svg.getAttribute('width')), { timeout: PATIENCE }).toBeLessThan(600);
  });
});
