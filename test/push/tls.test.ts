import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFiles } from '../cli/files.ts';
import { pprof } from '../cli/profile.ts';
import { run } from '../cli/run.ts';
import { accepting, serve } from './server.ts';

const openssl = (dir: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

/** An authority, and certificates that it signed for 127.0.0.1, for another host, and for a client. */
function authority(): string {
  const dir = withFiles({
    'a.pb': pprof(),
    'here.ext': 'subjectAltName=IP:127.0.0.1',
    'there.ext': 'subjectAltName=DNS:example.org',
    'client.ext': 'extendedKeyUsage=clientAuth',
  });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(dir, 'req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test ca');
  for (const name of ['here', 'there', 'client']) {
    openssl(dir, 'req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
    openssl(dir, 'x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`, '-days', '2');
  }
  return dir;
}

const pem = (dir: string, name: string): { key: Buffer; cert: Buffer } => ({
  key: readFileSync(join(dir, `${name}.key`)),
  cert: readFileSync(join(dir, `${name}.pem`)),
});

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('TLS', () => {
  it('checks the certificate of the endpoint with the authority that is given', async () => {
    const dir = authority();
    const { url, received } = await serve(accepting, pem(dir, 'here'));
    const push = (args: string[], env: Record<string, string> = {}) =>
      run(['push', 'a.pb', '--endpoint', url, '--retry-for', '0', ...args], { cwd: dir, env });
    const unknown = await push([]);
    expect(unknown.status).toBe(4);
    expect(unknown.stderr).toMatch(
      /: its certificate is signed by an unknown authority \(\w+\); give it with --certificate or/,
    );
    expect(unknown.stderr).toMatch(/^[^\n]*\n$/);
    expect(received).toHaveLength(0);
    expect(await push(['--certificate', 'ca.pem'])).toMatchObject({ status: 0 });
    expect(await push([], { OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem' })).toMatchObject({ status: 0 });

    const other = await serve(accepting, pem(dir, 'there'));
    const wrong = await run(['push', 'a.pb', '--endpoint', other.url, '--certificate', 'ca.pem'], { cwd: dir });
    // Not a thing that passes: there is one attempt.
    expect(wrong).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(
        /^a\.pb: can't push to .*: its certificate is for another host \(ERR_TLS_CERT_ALTNAME/,
      ),
    });
  });

  it('shows the certificate of the client', async () => {
    const dir = authority();
    const asking = { ...pem(dir, 'here'), ca: readFileSync(join(dir, 'ca.pem')), requestCert: true };
    const { url, received } = await serve(accepting, { ...asking, rejectUnauthorized: true });
    const args = ['push', 'a.pb', '--endpoint', url, '--certificate', 'ca.pem', '--retry-for', '0'];
    const without = await run(args, { cwd: dir });
    expect(without).toMatchObject({
      status: 4,
      stderr: `a.pb: can't push to ${url}/v1development/profiles: it wants a certificate of the client\n`,
    });
    expect(received).toHaveLength(0);
    const own = ['--client-certificate', 'client.pem', '--client-key', 'client.key'];
    expect(await run([...args, ...own], { cwd: dir })).toMatchObject({ status: 0 });
    const env = {
      OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE: 'client.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 'client.key',
    };
    expect(await run(args, { cwd: dir, env })).toMatchObject({ status: 0 });
  });

  it('takes certificates that are some, and keys that fit', async () => {
    const dir = authority();
    writeFileSync(join(dir, 'bad.pem'), 'no PEM');
    const push = (...options: string[]) =>
      run(['push', 'a.pb', '--endpoint', 'https://127.0.0.1:1', ...options], { cwd: dir });
    const client = "pprof-otlp: the client certificate and its key can't be used: ";
    expect(await push('--client-certificate', 'bad.pem', '--client-key', 'client.key')).toMatchObject({
      status: 2,
      stderr: `${client}no start line; give PEM files that belong together\n`,
    });
    expect(await push('--client-certificate', 'client.pem', '--client-key', 'here.key')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/can't be used: key values mismatch; give PEM files that belong together\n$/),
    });
    expect(await push('--certificate', 'bad.pem')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^pprof-otlp: the certificate of the authority can't be used: /),
    });
  });

  it('is spoken to inputs, too', async () => {
    const dir = authority();
    const { url } = await serve((_, response) => void response.end(pprof()), pem(dir, 'here'));
    const untrusted = await run(['verify', url], { cwd: dir });
    expect(untrusted.status).toBe(4);
    expect(untrusted.stderr).toMatch(
      /unknown authority \(\w+\); set NODE_EXTRA_CA_CERTS=FILE to trust its authority\n$/,
    );
    expect(await run(['verify', url], { cwd: dir, env: { NODE_EXTRA_CA_CERTS: 'ca.pem' } })).toMatchObject({
      status: 0,
    });
  });

  it('that is not there is no use for a certificate, which is said', async () => {
    const dir = authority();
    const { url } = await serve(accepting);
    expect(await run(['push', 'a.pb', '--endpoint', url, '--certificate', 'ca.pem'], { cwd: dir })).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('warning: the endpoint is http://, so no certificate is used\n'),
    });
  });

  it('is not left by a redirect', async () => {
    const dir = authority();
    const plain = await serve((_, response) => void response.end(pprof()));
    const { url } = await serve(
      (_, response) => void response.writeHead(302, { location: plain.url }).end(),
      pem(dir, 'here'),
    );
    const result = await run(['verify', url], { cwd: dir, env: { NODE_EXTRA_CA_CERTS: 'ca.pem' } });
    expect(result).toMatchObject({ status: 4, stderr: expect.stringContaining('redirects from https to http://') });
    expect(plain.received).toHaveLength(0);
  });
});
