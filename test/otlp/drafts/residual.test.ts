import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { otlpToPprof, pprofToOtlp } from '../../../src/index.ts';
import { RESIDUAL } from '../../../src/model/conventions.ts';
import { hasResidual } from '../../../src/otlp/drafts/residual.ts';
import { MessageWriter } from '../../../src/wire/message.ts';
import { utf8 } from '../../../src/wire/text.ts';

const pprof = new Uint8Array(gunzipSync(readFileSync('fixtures/go-runtime-cpu-labels.pb.gz')));
const attribute = (key: string) => new MessageWriter().bytes(1, utf8(key)).message(2, new MessageWriter().uint(3, 1));
const inScope = (scope: MessageWriter) =>
  new MessageWriter().message(1, new MessageWriter().message(2, new MessageWriter().message(1, scope))).finish();

describe('hasResidual', () => {
  it('finds the residual of what was made from a pprof, exactly or by meaning alone', () => {
    expect(hasResidual(pprofToOtlp(pprof).otlp)).toBe(true);
    expect(hasResidual(pprofToOtlp(pprof, { fidelity: 'semantic' }).otlp)).toBe(false);
  });

  it('looks at all attributes of all scopes, and at their whole key', () => {
    const scope = new MessageWriter().message(3, attribute('a')).message(3, attribute(RESIDUAL));
    expect(hasResidual(inScope(scope))).toBe(true);
    expect(hasResidual(inScope(new MessageWriter().message(3, attribute(`${RESIDUAL}s`))))).toBe(false);
    expect(hasResidual(inScope(new MessageWriter().message(3, attribute(RESIDUAL.slice(0, -1)))))).toBe(false);
  });

  it('does not look elsewhere: attributes of a resource, names of a scope', () => {
    const resource = new MessageWriter().message(1, attribute(RESIDUAL));
    expect(hasResidual(new MessageWriter().message(1, new MessageWriter().message(1, resource)).finish())).toBe(false);
    expect(hasResidual(inScope(new MessageWriter().bytes(1, utf8(RESIDUAL))))).toBe(false);
  });

  it('finds none in what cannot be read', () => {
    const { otlp } = pprofToOtlp(pprof);
    expect(hasResidual(otlp.subarray(0, 20))).toBe(false);
    expect(hasResidual(Uint8Array.of(0x0a, 0xff))).toBe(false);
    expect(hasResidual(new Uint8Array(0))).toBe(false);
  });

  it('makes a payload one of the current release without a look at the others', () => {
    const { otlp } = pprofToOtlp(pprof);
    expect(otlpToPprof(otlp).pprofs[0]).toEqual(pprof);
  });
});
