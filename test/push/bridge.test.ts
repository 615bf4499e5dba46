import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { otlpToPprof } from '../../src/index.ts';
import { pprof } from '../cli/profile.ts';
import { type Result, run } from '../cli/run.ts';
import { accepting, closedPort, type Handler, type Server, serve } from './server.ts';

const source = (): Promise<Server> => serve((_, response) => void response.end(pprof()));

/** Waits for what will come, however slow the machine is; the test's own timeout ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

interface Bridging {
  endpoint: string;
  from: string[];
  args?: string[];
  /** When to end it, and by what. */
  end: (child: ChildProcess, said: () => string) => Promise<unknown>;
}

function bridging({ endpoint, from, args = [], end }: Bridging): Promise<Result> {
  let said = '';
  return run(['push', ...from, '--endpoint', endpoint, '--interval', '50ms', ...args], {
    during: async (child) => {
      child.stderr?.on('data', (chunk) => {
        said += chunk;
      });
      child.stdout?.on('data', (chunk) => {
        said += chunk;
      });
      await end(child, () => said);
    },
  });
}

const stopAfter =
  (server: Server, count: number, signal: NodeJS.Signals = 'SIGTERM') =>
  async (child: ChildProcess): Promise<void> => {
    await until(() => server.received.length >= count);
    child.kill(signal);
  };

describe('push --interval', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('pushes again and again, and ends with 0 by %s', async (signal) => {
    const live = await source();
    const receiver = await serve(accepting);
    const result = await bridging({ endpoint: receiver.url, from: [live.url], end: stopAfter(receiver, 5, signal) });
    expect(result).toMatchObject({ status: 0, signal: null });
    expect(receiver.received.length).toBeGreaterThanOrEqual(5);
    for (const { body } of receiver.received) expect(Buffer.compare(otlpToPprof(body).pprofs[0], pprof())).toBe(0);
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines.filter((line) => line.endsWith(', proven, accepted')).length).toBe(receiver.received.length);
  });

  it('of several sources lets none wait for another', async () => {
    const quick = await source();
    const slow = await serve(() => {});
    const receiver = await serve(accepting);
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [slow.url, quick.url], args: ['--source-timeout', '60s'] },
      end: stopAfter(receiver, 3),
    });
    expect(result.status).toBe(0);
    expect(slow.received).toHaveLength(1);
    expect(quick.received.length).toBeGreaterThanOrEqual(3);
    // What was not even read is no loss, and no word.
    expect(result.stderr).not.toContain(`${slow.url}:`);
  });

  it('goes on after a source and a receiver that fail', async () => {
    const live = await serve((_, response, count) => {
      if (count === 0) response.writeHead(500).end('in use');
      else response.end(count === 1 ? 'no profile at all' : pprof());
    });
    const receiver = await serve((request, response, count) => {
      if (count === 0) response.writeHead(400).end();
      else accepting(request, response, count);
    });
    const result = await bridging({ endpoint: receiver.url, from: [live.url], end: stopAfter(receiver, 3) });
    expect(result.status).toBe(0);
    const lines = result.stderr.split('\n').filter((line) => !line.endsWith(' left out'));
    expect(lines[0]).toMatch(/can't read: the server answered 500 /);
    expect(lines[1]).toMatch(/: looks like /);
    expect(lines[2]).toMatch(/: can't push to .* 400 Bad Request/);
    expect(lines[3]).toMatch(/ accepted$/);
  });

  it('reads no source twice at a time, and leaves out the turns that come too early', async () => {
    let running = 0;
    let most = 0;
    const live = await serve((_, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        response.end(pprof());
      }, 300);
    });
    const receiver = await serve(accepting);
    const result = await bridging({ endpoint: receiver.url, from: [live.url], end: stopAfter(receiver, 3) });
    expect(most).toBe(1);
    expect(result.stderr).toMatch(/: took too long, \d+ turns left out\n/);
  });

  it('prints an object a turn in JSON, with its time', async () => {
    const live = await source();
    const receiver = await serve(accepting);
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [live.url], args: ['--format', 'json'] },
      end: stopAfter(receiver, 2),
    });
    const [first] = result.stdout.toString().split('\n');
    expect(JSON.parse(first)).toMatchObject({ input: live.url, exit: 0, delivery: { accepted: 1, dryRun: false } });
    expect(Date.parse(JSON.parse(first).delivery.time)).toBeGreaterThan(0);
  });

  it('warns about a source that records for as long as the interval', async () => {
    const live = await source();
    const receiver = await serve(accepting);
    const from = [`${live.url}/profile?seconds=5`];
    const result = await bridging({ endpoint: receiver.url, from, end: stopAfter(receiver, 1) });
    expect(result.stderr).toMatch(/^pprof-otlp: warning: .*\?seconds=5 records for as long as --interval 50 ms: turns/);
  });

  it('leaves no listener behind', async () => {
    const live = await source();
    const receiver = await serve(accepting);
    const result = await bridging({ endpoint: receiver.url, from: [live.url], end: stopAfter(receiver, 25) });
    expect(result.stderr).not.toContain('MaxListenersExceededWarning');
  });
});

describe('when it ends', () => {
  it('the request that is under way is finished', async () => {
    const live = await source();
    let finish = (): void => {};
    const slowly: Handler = (request, response, count) => {
      finish = () => accepting(request, response, count);
    };
    const receiver = await serve(slowly);
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [live.url] },
      end: async (child) => {
        await until(() => receiver.received.length === 1);
        child.kill('SIGTERM');
        // It goes on, also for longer than a signal takes.
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(child.exitCode).toBeNull();
        finish();
      },
    });
    expect(result).toMatchObject({ status: 0, stderr: expect.stringMatching(/ accepted\n$/) });
    expect(receiver.received).toHaveLength(1);
  });

  it('what waits for another attempt is given up, with status 4', async () => {
    const live = await source();
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const result = await bridging({
      ...{ endpoint, from: [live.url] },
      end: async (child, said) => {
        await until(() => said().includes('trying again in'));
        child.kill('SIGTERM');
      },
    });
    expect(result.status).toBe(4);
    expect(result.stderr).toMatch(/: can't push to .*; given up: the program ends\n$/);
  });

  it('so does work that no signal can interrupt', async () => {
    const large = pprof('main', 'x'.repeat(30_000_000));
    let sent = false;
    const live = await serve((_, response) => void response.end(large, () => (sent = true)));
    const receiver = await serve(accepting);
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [live.url] },
      end: async (child) => {
        await until(() => sent);
        await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill('SIGTERM');
      },
    });
    expect(result).toMatchObject({ status: 0, signal: null });
  });

  it('a request that is never answered is given up', async () => {
    const live = await source();
    const receiver = await serve(() => {});
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [live.url], args: ['--timeout', '10m'] },
      end: async (child) => {
        await until(() => receiver.received.length === 1);
        child.kill('SIGTERM');
      },
    });
    expect(result.status).toBe(4);
    expect(result.stderr).toMatch(/: can't push to .*: given up: the program ends\n$/);
  });

  it('a second signal ends it at once', async () => {
    const live = await source();
    const receiver = await serve(() => {});
    const result = await bridging({
      ...{ endpoint: receiver.url, from: [live.url] },
      end: async (child) => {
        await until(() => receiver.received.length === 1);
        child.kill('SIGTERM');
        await new Promise((resolve) => setTimeout(resolve, 300));
        child.kill('SIGINT');
      },
    });
    expect(result.status).toBe(130);
  });
});
