import type { Call } from './args.ts';
import { check, checkJob } from './check.ts';
import { completion } from './completion.ts';
import { diff } from './diff.ts';
import { inspect, inspectJob } from './inspect.ts';
import { push } from './push.ts';
import { verify, verifyJob } from './verify.ts';

/** The commands but convert, by name. */
export const commands: Record<string, (call: Call) => Promise<number>> = {
  check,
  completion,
  diff,
  inspect,
  push,
  verify,
};

/** What threads do for those of them that have threads. */
export const jobs = { check: checkJob, inspect: inspectJob, verify: verifyJob };
