import type { Model } from '../model/model.ts';
import type { PprofData } from '../pprof/data.ts';
import { inSampleTypeOrder } from '../pprof/scopeMapper.ts';
import type { Report } from './options.ts';

/** What a report says of the pprof at either end of a translation. */
export function contentOf({ sample, sampleType, strings }: PprofData): Pick<Report, 'samples' | 'sampleTypes'> {
  const { type, unit } = sampleType;
  return {
    samples: sample.length,
    sampleTypes: Array.from(
      { length: sampleType.length },
      (_, k) => `${strings.text(type.array[k])}/${strings.text(unit.array[k])}`,
    ),
  };
}

/** The same of the scope that a pprof was made from. */
export function contentOfScope({ dictionary: { strings }, resources }: Model): Pick<Report, 'samples' | 'sampleTypes'> {
  const [scope] = resources[0].scopes;
  return {
    samples: scope.profiles[0].samples.identity.length,
    sampleTypes: inSampleTypeOrder(scope).map(
      ({ sampleType: { type, unit } }) => `${strings.text(type)}/${strings.text(unit)}`,
    ),
  };
}
