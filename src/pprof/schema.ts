/** Field numbers of profile.proto. */
export const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  dropFrames: 7,
  keepFrames: 8,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  comment: 13,
  defaultSampleType: 14,
  docUrl: 15,
} as const;

/** The message types, in the order in which the residual numbers them. */
export const MESSAGES = ['Profile', 'ValueType', 'Sample', 'Label', 'Mapping', 'Location', 'Line', 'Function'] as const;
export type MessageName = (typeof MESSAGES)[number];

/** The highest field number of each message; fields above are unknown to profile.proto. */
export const LAST_FIELD: Record<MessageName, number> = {
  Profile: 15,
  ValueType: 2,
  Sample: 3,
  Label: 4,
  Mapping: 10,
  Location: 5,
  Line: 3,
  Function: 5,
};
