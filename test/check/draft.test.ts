// A draft is checked as what it becomes.

import { expect, test } from 'vitest';
import { check } from '../../src/index.ts';
import { encodeDraft } from '../support/drafts/protos.ts';

test('an older draft is named, without offsets', () => {
  const bytes = encodeDraft('1.5', {
    resource_profiles: [
      {
        scope_profiles: [
          {
            profiles: [
              {
                sample_type: [{ type_strindex: 1, unit_strindex: 2 }],
                sample: [{ value: [3] }],
                string_table: ['', 'cpu', 'nanoseconds'],
              },
            ],
          },
        ],
      },
    ],
  });
  const { findings, notes } = check(bytes, { from: 'otlp', otlpVersion: '1.5' });
  expect(findings.find(({ rule }) => rule === 'otlp/draft')).toMatchObject({
    severity: 'warning',
    places: [{ path: '', offset: null, message: 'has the layout of OTLP 1.5' }],
  });
  expect(notes).toContain('has the layout of OTLP 1.5: upgraded to 1.11');
});

test('fields of JSON that OTLP does not know are noted', () => {
  const json = new TextEncoder().encode('{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"sampels":[]}]}]}]}');
  expect(check(json, { from: 'otlp-json' }).notes.join()).toContain('sampels');
});
