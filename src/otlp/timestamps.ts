/** `aggregate`: one sample a sample, its values summed. `labels`: one sample an observation, its time as a label. */
export type Timestamps = 'aggregate' | 'labels';
