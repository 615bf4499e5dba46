import { describe, expect, it } from 'vitest';
import { looksLikeFile } from '../../src/cli/naming.ts';
import { isUrl, nameOfUrl, parseUrl, recordingSeconds, shownUrl } from '../../src/io/node/url.ts';

it.each(['http://a', 'HTTPS://a/b', 'http://[::1]:6060/x'])('%s is a URL', (name) => {
  expect(isUrl(name)).toBe(true);
});

it.each(['http', 'http:/a', './http://a', 'ftp://a', 'a.pb.gz', '-'])('%s is none', (name) => {
  expect(isUrl(name)).toBe(false);
});

it.each([
  ['localhost:4318', 'x: "localhost:4318" is no URL; did you mean http://localhost:4318?'],
  ['ftp://a/b', 'x: ftp:// is not supported; give an http:// or https:// URL'],
  ['http://', 'x: "http://" is no valid URL'],
  ['http://u:p@a:99999/', 'x: "http://***@a:99999/" is no valid URL'],
])('%s is refused', (text, message) => {
  expect(() => parseUrl(text, 'x')).toThrow(expect.objectContaining({ code: 'usage', message }));
});

describe('what reports show', () => {
  it.each([
    ['http://a:6060/debug/pprof/heap?seconds=5', 'http://a:6060/debug/pprof/heap?seconds=5'],
    ['http://user:secret@a/x', 'http://***@a/x'],
    ['https://token@a/x@y', 'https://***@a/x@y'],
    ['http://a/x@y?z=u:p@b', 'http://a/x@y?z=u:p@b'],
    ['https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1', 'https://s3/x?X-Amz-Signature=***&X-Amz-Date=1'],
    ['https://b/x?sv=1&sig=a%2Fb#f', 'https://b/x?sv=1&sig=***#f'],
    ['https://b/x?access_token=a&api-key=b&monkey=c', 'https://b/x?access_token=***&api-key=***&monkey=c'],
    ['a?token=b.pb.gz', 'a?token=b.pb.gz'],
  ])('%s', (name, shown) => {
    expect(shownUrl(name)).toBe(shown);
  });
});

it.each([
  ['http://a/profile?seconds=30', 30],
  ['http://a/profile?debug=0&seconds=0.5', 0.5],
  ['http://a/profile', 0],
  ['http://a/profile?seconds=-1', 0],
  ['http://a/profile?seconds=1e99', 0],
])('%s records for %s s', (url, seconds) => {
  expect(recordingSeconds(new URL(url))).toBe(seconds);
});

it.each([
  ['http://shop:6060/debug/pprof/heap', 'shop-6060-heap'],
  ['http://shop/debug/pprof/profile?seconds=5', 'shop-profile'],
  ['http://[::1]:6060/debug/pprof/heap', '1-6060-heap'],
  ['https://ci/artifacts/cpu.pb.gz?sig=x', 'cpu.pb.gz'],
  ['https://ci/a/b.otlp.json', 'b.otlp.json'],
  ['https://ci/', 'ci'],
  ['https://ci/%2e%2e%2fetc%2fpasswd', 'ci-etc-passwd'],
  ['https://ci/%E0%A4%A', 'ci-E0-A4-A'],
  ['https://ci/..%5C.pb', 'ci-pb'],
])('%s makes a file called %s', (url, name) => {
  expect(nameOfUrl(url, looksLikeFile)).toBe(name);
});
