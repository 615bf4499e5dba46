import {
  AttributeTable,
  type Dictionary,
  FunctionTable,
  LocationTable,
  MappingTable,
  type Resource,
} from '../model/model.ts';
import { Rows } from '../wire/rows.ts';
import { StringTable } from '../wire/strings.ts';

/** An OTLP payload as its wire has it: the same tables as the model's, but in any order and with repetitions. */
export interface OtlpData {
  dictionary: Dictionary;
  resources: Resource[];
}

export const emptyDictionary = (): Dictionary => ({
  strings: new StringTable(),
  texts: new StringTable(),
  mappings: new MappingTable(),
  locations: new LocationTable(),
  functions: new FunctionTable(),
  links: new StringTable(),
  attributes: new AttributeTable(),
  stacks: new Rows(),
});
