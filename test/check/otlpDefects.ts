// What can be wrong with an OTLP payload, one thing at a time. docs/rules.md lists all of it.

import { ATTRIBUTES } from './otlpDefects/attributes.ts';
import { DICTIONARY } from './otlpDefects/dictionary.ts';
import { ENTRIES } from './otlpDefects/entries.ts';
import { PROFILES } from './otlpDefects/profiles.ts';
import type { OtlpDefect } from './otlpDefects/spoil.ts';
import { WIRE } from './otlpDefects/wire.ts';

export const OTLP_DEFECTS: readonly OtlpDefect[] = [...WIRE, ...DICTIONARY, ...ENTRIES, ...ATTRIBUTES, ...PROFILES];
