import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../support/fixtures.ts';
import { downloaded, hasChromium, MOST_TIME, open, useSite, WHERE } from './opened.ts';

const heap = new Uint8Array(readFileSync(`${FIXTURES}go-runtime-heap.pb.gz`));

describe.skipIf(!hasChromium)(`a file stays on its machine ${WHERE}`, { timeout: MOST_TIME }, () => {
  const site = useSite();

  it('for the page asks for nothing but itself', async () => {
    const page = await site.page({ address: 'about:blank' });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    site.asked.length = 0;
    await page.goto(site.served);
    await open(page, 'heap.pb.gz', heap);
    await downloaded(page);
    // A blob: is in the page's own memory, a data: in its own text.
    expect(requests.filter((url) => !/^(blob|data):/.test(url))).toEqual([site.served]);
    expect(site.asked).toEqual(['/']);
  });

  it('for the page names no other address', () => {
    const page = site.html.slice(0, site.html.indexOf('<!--\nThis page contains'));
    const addresses = [...page.matchAll(/\bhttps?:\/\/[^\s"'`<>\\)]+/g)].map(([url]) => url);
    // Names of XML and of schemas, which nobody fetches.
    expect(
      addresses.filter((url) => !/^http:\/\/www\.w3\.org\/|^https:\/\/opentelemetry\.io\/schemas\//.test(url)),
    ).toEqual([]);
    expect(page).not.toMatch(/<(?:link|script|img|iframe|object|embed)[^>]+(?:src|href)="(?!data:)/);
  });

  const ATTEMPTS = {
    fetch: `fetch(address).then(() => 'sent', () => 'blocked')`,
    'a beacon': `Promise.resolve(navigator.sendBeacon(address, 'x') ? 'queued' : 'blocked')`,
    'a request': `new Promise((done) => {
      const request = new XMLHttpRequest();
      request.onload = () => done('sent');
      request.onerror = () => done('blocked');
      request.open('POST', address);
      request.send('x');
    })`,
    'a socket': `new Promise((done) => {
      try {
        const socket = new WebSocket(address.replace('http', 'ws'));
        socket.onopen = () => done('sent');
        socket.onerror = () => done('blocked');
      } catch { done('blocked'); }
    })`,
    'an event stream': `new Promise((done) => {
      const source = new EventSource(address);
      source.onopen = () => done('sent');
      source.onerror = () => { source.close(); done('blocked'); };
    })`,
    'a picture': `new Promise((done) => {
      const picture = new Image();
      picture.onload = () => done('sent');
      picture.onerror = () => done('blocked');
      picture.src = address;
    })`,
    'a form': `new Promise((done) => {
      const form = document.createElement('form');
      Object.assign(form, { action: address, method: 'post' });
      document.body.append(form);
      document.addEventListener('securitypolicyviolation', () => done('blocked'), { once: true });
      form.submit();
    })`,
    'a script': `new Promise((done) => {
      const script = document.createElement('script');
      try { script.src = address; } catch { return done('blocked'); }
      script.onload = () => done('sent');
      script.onerror = () => done('blocked');
      document.body.append(script);
    })`,
    'another style': `new Promise((done) => {
      const link = document.createElement('link');
      Object.assign(link, { rel: 'stylesheet', href: address });
      link.onload = () => done('sent');
      link.onerror = () => done('blocked');
      document.head.append(link);
    })`,
  };

  it.each(Object.entries(ATTEMPTS))('for the policy stops %s', async (_, attempt) => {
    const page = await site.page({ address: site.served });
    site.asked.length = 0;
    const outcome = await page.evaluate(`{ const address = ${JSON.stringify(`${site.served}secret`)}; ${attempt} }`);
    // A beacon that may be queued is stopped behind the scenes; nothing must arrive.
    expect(['blocked', 'queued']).toContain(outcome);
    await page.evaluate('new Promise((done) => setTimeout(done, 100))');
    expect(site.asked).toEqual([]);
  });

  it('for the policy holds in the worker', async () => {
    const page = await site.page({ address: site.served });
    await open(page, 'heap.pb.gz', heap);
    const [worker] = page.workers();
    site.asked.length = 0;
    const outcome = await worker.evaluate(
      `fetch(${JSON.stringify(`${site.served}secret`)}).then(() => 'sent', () => 'blocked')`,
    );
    expect(outcome).toBe('blocked');
    expect(site.asked).toEqual([]);
  });

  it.each(['document.body.innerHTML = "<b>x</b>"', 'eval("1")', 'new Function("return 1")()', 'new Worker("x.js")'])(
    'for the policy refuses %s',
    async (code) => {
      const page = await site.page();
      const outcome = await page.evaluate(
        // Asked for later: what a debugger evaluates is allowed more.
        `new Promise((done) => setTimeout(() => { try { ${code}; done('done'); } catch (error) { done(error.name); } }))`,
      );
      expect(outcome).toMatch(/^(TypeError|EvalError)$/);
    },
  );
});
