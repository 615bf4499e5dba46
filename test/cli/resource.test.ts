import { describe, expect, it } from 'vitest';
import { resourceFrom } from '../../src/cli/resource.ts';

const attributes = (options: string[], environment: Record<string, string> = {}): Record<string, string> =>
  resourceFrom(options, environment).attributes;

describe('--resource', () => {
  it('splits at the first =', () => {
    expect(attributes(['a=b', 'c=d=e', 'f='])).toEqual({ a: 'b', c: 'd=e', f: '' });
  });

  it('takes the text as it is', () => {
    expect(attributes([' a = %20 ,x'])).toEqual({ ' a ': ' %20 ,x' });
    expect(Object.keys(attributes(['__proto__=1']))).toEqual(['__proto__']);
  });

  it.each([['novalue'], ['=x'], ['']])('refuses "%s"', (option) => {
    expect(() => attributes([option])).toThrow(/is not KEY=VALUE/);
  });

  it('refuses a key given twice', () => {
    expect(() => attributes(['a=1', 'a=2'])).toThrow(/a is given twice/);
  });
});

describe('the environment', () => {
  const list = (text: string): Record<string, string> => attributes([], { OTEL_RESOURCE_ATTRIBUTES: text });

  it('is a list, percent-encoded, white space trimmed', () => {
    expect(list('a=1,b=2')).toEqual({ a: '1', b: '2' });
    expect(list(' a = x%20y , k%2Cey=%3D%C3%A4+ ,')).toEqual({ a: 'x y', 'k,ey': '=ä+' });
    expect(list('a=')).toEqual({ a: '' });
    expect(list('a=b=c')).toEqual({ a: 'b=c' });
    expect(list('')).toEqual({});
  });

  it.each(['a', 'a=1,b', '=1', 'a=%zz', 'a=%ff', 'a=1,b=%'])(
    'counts for nothing, with a warning, when it is "%s"',
    (text) => {
      const resource = resourceFrom([], { OTEL_RESOURCE_ATTRIBUTES: text });
      expect(resource.attributes).toEqual({});
      expect(resource.warnings).toEqual([expect.stringMatching(/^OTEL_RESOURCE_ATTRIBUTES is ignored: /)]);
    },
  );

  it('is less than the service name, and that less than --resource', () => {
    const environment = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=list,a=list', OTEL_SERVICE_NAME: 'x%20y' };
    expect(attributes([], environment)).toEqual({ 'service.name': 'x%20y', a: 'list' });
    expect(attributes(['service.name=option'], environment)).toEqual({ 'service.name': 'option', a: 'list' });
    expect(attributes([], { ...environment, OTEL_SERVICE_NAME: '' })).toEqual({ 'service.name': 'list', a: 'list' });
  });
});
