import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { generatePprof } from '../../bench/generate.mjs';
import { quantity, share } from '../../src/cli/inspectQuantity.ts';
import { check, inspect, otlpToOtlp, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { withFiles } from '../cli/files.ts';
import { run } from '../cli/run.ts';
import { bytesOfSketch } from '../pprof/sketch.ts';
import { draft, FIXTURES, fixture } from '../support/fixtures.ts';
import { choose, downloaded, frames, hasChromium, MOST_TIME, open, PATIENCE, text, useSite, WHERE } from './opened.ts';

const stored = (name: string): Uint8Array => new Uint8Array(readFileSync(FIXTURES + name));

describe.skipIf(!hasChromium)(`the page ${WHERE}`, { timeout: MOST_TIME }, () => {
  const site = useSite();

  /** A page with this fixture open. */
  async function opened(name: string): Promise<Page> {
    const page = await site.page();
    await open(page, name, stored(name));
    return page;
  }

  describe('shows what inspect shows', () => {
    it('of a pprof', async () => {
      const name = 'go-runtime-cpu-labels.pb.gz';
      const page = await opened(name);
      const summary = inspect(fixture(name), 'pprof');
      const facts = await text(page, '#facts');
      expect(facts).toMatch(/^Samples\n929\nin 2 profiles$/m);
      expect(summary.samples).toMatchObject({ count: 929, profiles: 2 });
      expect(facts).toMatch(/^Size\n126\.9 KiB\n58\.3 KiB stored$/m);
      const types = await page.locator('#types tbody tr').allInnerTexts();
      expect(types).toHaveLength(summary.sampleTypes.length);
      summary.sampleTypes.forEach(({ type, unit, total }, i) => {
        expect(types[i]).toContain(type);
        expect(types[i]).toContain(quantity(total, unit));
      });
      const [attribute] = summary.attributes;
      expect(await text(page, '#attributes')).toContain(attribute.key);
      expect(await text(page, '#mappings')).toContain('shopdemo');
      expect(await text(page, '#status')).toBe(`${name} is open`);
    });

    it('of OTLP with several scopes', async () => {
      const page = await opened('ebpf-reporter-synthetic.otlp.pb');
      expect(await text(page, '#resources')).toContain('service.name=checkout');
      expect(await page.locator('#scope option').allInnerTexts()).toHaveLength(5);
      const all = await text(page, '#graph-facts');
      await page.locator('#scope').selectOption({ index: 4 });
      await expect.poll(() => text(page, '#graph-facts'), { timeout: PATIENCE }).not.toBe(all);
      const [root] = await frames(page);
      expect(root).toMatch(/^all, \d+ \(100%\)$/);
    });

    it.each(['1.3', '1.9'])('of a draft of OTLP, %s', async (release) => {
      const page = await site.page();
      await open(page, 'old.otlp', draft(release));
      expect(await text(page, '#facts')).toMatch(new RegExp(`^Format\nOTLP Profiles\n${release}$`, 'm'));
      expect(await text(page, '#translation')).toContain('upgraded to 1.11');
    });

    it.each(['lines.otlp.jsonl', 'frames-zstd.otlp.pb', 'jeffrey.otlp.pb'])('of several messages, %s', async (name) => {
      const page = await site.page();
      await open(page, name, stored(`containers/${name}`));
      expect(await page.locator('#errors').isVisible()).toBe(false);
      expect(await text(page, '#proof')).toBe('Proven');
    });
  });

  it('takes what is dropped on it', async () => {
    const page = await site.page({ address: site.served });
    const bytes = Buffer.from(stored('go-runtime-heap.pb.gz')).toString('base64');
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'heap.pb.gz'));
      document.body.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
    }`);
    expect(await page.locator('.drop-veil').isVisible()).toBe(true);
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'heap.pb.gz'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    await page.locator('#translation-card').waitFor();
    expect(await page.locator('.drop-veil').isVisible()).toBe(false);
    expect(await text(page, '#file-name')).toBe('heap.pb.gz');
  });

  describe('draws a flame graph', () => {
    it('whose frames say function, place, value and share', async () => {
      const name = 'go-runtime-cpu-labels.pb.gz';
      const page = await opened(name);
      const { top } = inspect(fixture(name), 'pprof', { top: 3 });
      const [{ name: most, cumulative }] = top.cumulative;
      const amount = `${quantity(cumulative, top.unit)} (${share(Number(cumulative), Number(top.total))})`;
      const drawn = await frames(page);
      expect(drawn[0]).toBe(`all, ${quantity(top.total, top.unit)} (100%)`);
      const wanted = drawn.find((label) => label.startsWith(`${most}, `));
      expect(wanted).toContain(amount);
      expect(wanted).toMatch(/\.go:\d+/);
      await page.locator('#flame g.frame').nth(1).hover();
      expect(await text(page, '#frame')).toContain(amount);
    });

    it('of the sample type that is chosen', async () => {
      const page = await opened('go-runtime-heap.pb.gz');
      const { sampleTypes } = inspect(fixture('go-runtime-heap.pb.gz'), 'pprof');
      for (const [i, { type, unit, total }] of sampleTypes.entries()) {
        await page.locator('#sample-type').selectOption({ index: i });
        await expect
          .poll(() => text(page, '#graph-facts'), { timeout: PATIENCE })
          .toContain(`${quantity(total, unit)} of ${type} in`);
        expect((await frames(page))[0]).toBe(`all, ${quantity(total, unit)} (100%)`);
      }
    });

    it('of a type that has values, where the default one has none', async () => {
      const bytes = bytesOfSketch({
        types: [
          ['empty', 'count'],
          ['full', 'count'],
          ['last', 'count'],
        ],
        functions: [{ name: 'f' }],
        locations: [{ lines: [[1]] }],
        samples: [{ at: [1], values: [0n, 3n, 0n] }],
      });
      const page = await site.page();
      await open(page, 'x.pb', bytes);
      expect(await text(page, '#graph-facts')).toContain('3 of full');
      expect(await page.locator('#sample-type').inputValue()).toBe('1');
    });

    it('as wide as its place', async () => {
      const page = await opened('go-runtime-heap.pb.gz');
      const width = Number(await page.locator('#flame svg').getAttribute('width'));
      expect(width).toBe(await page.evaluate('document.getElementById("flame").clientWidth'));
    });

    it('that a click on the one before does not zoom', async () => {
      const page = await opened('go-runtime-heap.pb.gz');
      await page.evaluate(`{
        const types = document.getElementById('sample-type');
        types.selectedIndex = 1;
        types.dispatchEvent(new Event('change'));
        document.querySelectorAll('#flame g.frame')[5].dispatchEvent(new MouseEvent('click', { bubbles: true }));
        const find = document.getElementById('find');
        find.value = 'runtime';
        find.dispatchEvent(new Event('input'));
      }`);
      // The answer to what was asked last.
      await page.locator('#found').filter({ hasText: 'function' }).waitFor();
      expect((await frames(page))[0]).toBe('all, 1.0 GiB (100%)');
      expect(await page.locator('#flame g.fade').count()).toBe(0);
    });

    it('that zooms in where it is clicked, and out again', async () => {
      const page = await opened('go-runtime-cpu-labels.pb.gz');
      const before = await frames(page);
      const frame = page.locator('#flame g.frame', { hasText: 'main.treeLoop' }).first();
      await frame.click();
      await expect.poll(() => page.locator('#flame g.fade').count(), { timeout: PATIENCE }).toBeGreaterThan(0);
      const after = await frames(page);
      expect(after.some((label) => label.startsWith('main.shaLoop'))).toBe(false);
      // What was too narrow is there now.
      expect(after.filter((label) => !before.includes(label)).length).toBeGreaterThan(0);
      await page.locator('#whole').click();
      await expect.poll(() => frames(page), { timeout: PATIENCE }).toEqual(before);
    });

    it('that is searched, with the table of functions', async () => {
      const page = await opened('go-runtime-cpu-labels.pb.gz');
      await page.locator('#find').fill('sha256');
      await expect
        .poll(() => text(page, '#found'), { timeout: PATIENCE })
        .toMatch(/^\d+ functions, [\d.]+s \([\d.]+%\)$/);
      const hits = page.locator('#flame rect[fill="var(--flame-hit)"]');
      expect(await hits.count()).toBeGreaterThan(0);
      for (const row of await page.locator('#functions tbody th').allInnerTexts()) expect(row).toContain('sha256');
      await page.locator('#find').fill('/(/');
      await expect.poll(() => text(page, '#found'), { timeout: PATIENCE }).toMatch(/^Invalid regular expression/);
      await page.locator('#find').fill('');
      await expect.poll(() => hits.count(), { timeout: PATIENCE }).toBe(0);
    });

    it('of lines, and with the root at the bottom', async () => {
      const page = await opened('go-runtime-cpu-labels.pb.gz');
      const counted = async () =>
        Number(/([\d,]+) frames/.exec(await text(page, '#graph-facts'))?.[1].replace(',', ''));
      const functions = await counted();
      await page.locator('#grain').selectOption('line');
      await expect.poll(counted, { timeout: PATIENCE }).toBeGreaterThan(functions);
      const rootTop = async () => (await page.locator('#flame g.frame').first().boundingBox())?.y ?? 0;
      const top = await rootTop();
      await page.locator('#direction').selectOption('flame');
      expect(await rootTop()).toBeGreaterThan(top);
    });
  });

  it.each(['go-runtime-cpu-labels.pb.gz', 'ebpf-reporter-synthetic.otlp.pb'])(
    'says what check finds in %s',
    async (name) => {
      const page = await opened(name);
      const { findings } = check(stored(name));
      const shown = page.locator('#findings .finding');
      expect(await shown.count()).toBe(findings.length);
      for (const [i, { rule, severity, places }] of findings.entries()) {
        const finding = await shown.nth(i).innerText();
        expect(finding).toContain(rule);
        expect(finding).toContain(severity);
        expect(finding).toContain(`@${places[0].offset} ${places[0].path}`);
      }
    },
  );

  it('lists more places when asked to', async () => {
    const page = await opened('go-runtime-cpu-labels.pb.gz');
    const places = page.locator('#findings .places').first().locator('li');
    const few = await places.count();
    await page.locator('#findings button').first().click();
    expect(await places.count()).toBeGreaterThan(few + 10);
  });

  describe('translates', () => {
    it('a pprof, to the bytes that the library gives', async () => {
      const name = 'go-runtime-heap.pb.gz';
      const page = await opened(name);
      const { otlp, report } = pprofToOtlp(stored(name));
      expect(await text(page, '#proof')).toBe('Proven');
      expect(await text(page, '#translation')).toContain(`${report.carried}, ${report.residualBytes} B`);
      const file = await downloaded(page);
      expect(file.name).toBe('go-runtime-heap.otlp');
      expect(Buffer.compare(file.bytes, otlp)).toBe(0);
    });

    it('a pprof, to OTLP/JSON', async () => {
      const name = 'go-runtime-heap.pb.gz';
      const page = await opened(name);
      await page.locator('#target').selectOption({ label: 'OTLP/JSON' });
      await page.locator('#downloads button').waitFor();
      const file = await downloaded(page);
      expect(file.name).toBe('go-runtime-heap.otlp.json');
      expect(Buffer.compare(file.bytes, pprofToOtlp(stored(name), { to: 'otlp-json' }).otlp)).toBe(0);
    });

    it('what it made itself, back to the last byte', async () => {
      const page = await site.page();
      await open(page, 'heap.otlp', pprofToOtlp(stored('go-runtime-heap.pb.gz')).otlp);
      expect(await text(page, '#translation')).toContain('the original, to the last byte');
      const file = await downloaded(page);
      expect(file.name).toBe('heap.pb.gz');
      expect(Buffer.compare(gunzipSync(file.bytes), fixture('go-runtime-heap.pb.gz'))).toBe(0);
    });

    it('OTLP to a pprof, or to one for each scope', async () => {
      const name = 'ebpf-reporter-synthetic.otlp.pb';
      const page = await opened(name);
      expect(Buffer.compare(gunzipSync((await downloaded(page)).bytes), otlpToPprof(stored(name)).pprofs[0])).toBe(0);
      await page.locator('#target').selectOption({ label: 'a pprof for each scope' });
      const { pprofs } = otlpToPprof(stored(name), { split: true });
      await expect.poll(() => page.locator('#downloads button').count(), { timeout: PATIENCE }).toBe(pprofs.length);
      const last = pprofs.length - 1;
      const file = await downloaded(page, last);
      expect(file.name).toBe(`ebpf-reporter-synthetic-${pprofs.length}.pb.gz`);
      expect(Buffer.compare(gunzipSync(file.bytes), pprofs[last])).toBe(0);
    });

    it('an older release of OTLP to 1.11, but not 1.11 to itself', async () => {
      const page = await site.page();
      await open(page, 'old.otlp', draft('1.8'));
      await page.locator('#target').selectOption({ label: 'OTLP 1.11 protobuf' });
      await page.locator('#downloads button').waitFor();
      expect(Buffer.compare((await downloaded(page)).bytes, otlpToOtlp(draft('1.8')).otlp)).toBe(0);
      await open(page, 'new.otlp', fixture('contrib-go-cpu.otlp.pb'));
      await page.locator('#target').selectOption({ label: 'OTLP 1.11 protobuf' });
      await expect.poll(() => text(page, '#translation'), { timeout: PATIENCE }).toContain('is otlp already');
    });

    it('to standard fields only', async () => {
      const name = 'go-runtime-heap.pb.gz';
      const page = await opened(name);
      await page.locator('#semantic').check();
      await page.locator('#downloads button').waitFor();
      expect(
        Buffer.compare((await downloaded(page)).bytes, pprofToOtlp(stored(name), { fidelity: 'semantic' }).otlp),
      ).toBe(0);
      expect(await text(page, '#translation')).toContain('nothing beside standard fields');
    });
  });

  describe('says what the command line says of', () => {
    const heap = fixture('go-runtime-heap.pb.gz');
    const damaged = heap.slice();
    // The first location of the first sample leads nowhere then.
    const at = heap.indexOf(0x12);
    damaged.fill(0xff, at + 4, at + 6);
    it.each([
      ['a file that ends too soon', 'cut.pb', heap.subarray(0, heap.length - 1000)],
      ['a damaged file', 'damaged.pb', damaged],
      ['a damaged gzip', 'cut.pb.gz', stored('go-runtime-heap.pb.gz').subarray(0, 4000)],
      ['another format', 'cpu.prof', stored('gperftools-legacy-cpu.prof')],
      ['an empty file', 'empty.pb', new Uint8Array(0)],
    ])('%s', async (_, name, bytes) => {
      const { stderr, status } = await run(['inspect', name], { cwd: withFiles({ [name]: bytes }) });
      expect(status).toBe(3);
      const page = await site.page();
      await open(page, name, bytes);
      expect(await text(page, '#errors')).toBe(stderr.trim());
      expect(await text(page, '#status')).toBe(stderr.trim());
      expect(await page.locator('#translation-card').isVisible()).toBe(false);
      // The next file is not in the way of it.
      await open(page, 'heap.pb', heap);
      expect(await page.locator('#errors').isVisible()).toBe(false);
      expect(await text(page, '#proof')).toBe('Proven');
    });
  });

  it('reads a file as something else when told to', async () => {
    const page = await opened('contrib-go-cpu.otlp.pb');
    await page.locator('.reading summary').click();
    await page.locator('#from').selectOption('otlp-json');
    await page.locator('#errors').waitFor();
    await page.locator('#from').selectOption('');
    await page.locator('#errors').waitFor({ state: 'hidden' });
    await page.locator('#translation-card').waitFor();
  });

  describe('is not harmed by', () => {
    it('names that look like HTML', async () => {
      const evil = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';
      const bytes = bytesOfSketch({
        types: [[evil, evil]],
        functions: [{ name: evil, filename: evil }],
        mappings: [{ filename: evil, buildId: evil }],
        locations: [{ mapping: 1, lines: [[1, 5n]] }],
        samples: [
          { at: [1], values: [3n], labels: [{ key: evil, str: evil }] },
          { at: [1], labels: [{ key: '', str: '' }] },
        ],
      });
      const page = await site.page();
      await open(page, `${evil}.pb`, bytes);
      for (const place of ['#file-name', '#types', '#flame', '#functions', '#attributes', '#mappings', '#downloads']) {
        expect(await page.locator(place).textContent(), place).toContain('<img src=x');
      }
      await page.locator('#flame g.frame').nth(1).hover();
      await page.locator('#find').fill('<img');
      await page.locator('#found').filter({ hasText: 'function' }).waitFor();
      expect(await page.locator('img, main script').count()).toBe(0);
      expect(await page.evaluate('window.harmed')).toBeUndefined();
    });

    it('names that turn text around', async () => {
      const page = await site.page();
      await open(
        page,
        'x.pb',
        bytesOfSketch({ functions: [{ name: 'a\u202eb\n' }], locations: [{ lines: [[1]] }], samples: [{ at: [1] }] }),
      );
      expect(await text(page, '#functions')).toContain('a\\u202eb\\n');
      expect((await page.locator('#flame').textContent()) ?? '').not.toContain('\u202e');
    });
  });

  describe('with 10 MB', () => {
    const bytes = gzipSync(generatePprof(10_000_000), { level: 1 });

    it('works in a worker, tells how far it is, and does not freeze', async () => {
      const page = await site.page();
      await page.evaluate(`
        window.said = [];
        new MutationObserver(() => said.push(document.getElementById('progress-step').textContent))
          .observe(document.getElementById('progress-step'), { childList: true, characterData: true, subtree: true });
        window.ticks = 0;
        setInterval(() => { if (!document.getElementById('progress').hidden) ticks++; }, 20);
      `);
      await open(page, 'large.pb.gz', bytes);
      const said = (await page.evaluate('said')) as string[];
      const steps = [...new Set(said.map((step) => step.split(',')[0]))];
      expect(steps).toEqual(['Reading', 'Decompressing', 'Decoding', 'Drawing', 'Checking', 'Translating and proving']);
      expect(said.some((step) => /^Reading, .+ of .+ MiB$/.test(step))).toBe(true);
      // The page lived while the worker worked.
      expect(await page.evaluate('ticks')).toBeGreaterThan(10);
      expect(await text(page, '#proof')).toBe('Proven');
      const drawn = await page.locator('#flame g.frame').count();
      expect(drawn).toBeGreaterThan(50);
      expect(drawn).toBeLessThanOrEqual(1500);
      expect(await text(page, '#hidden-frames')).toContain('not drawn');
    });

    it('can be cancelled', async () => {
      const page = await site.page();
      await choose(page, 'large.pb.gz', bytes);
      await page.locator('#cancel').click();
      await page.locator('#progress').waitFor({ state: 'hidden' });
      await expect.poll(() => page.workers().length, { timeout: PATIENCE }).toBe(0);
      await open(page, 'heap.pb.gz', stored('go-runtime-heap.pb.gz'));
      expect(await text(page, '#proof')).toBe('Proven');
    });
  });
});
