import type { Report } from '../convert/options.ts';
import { PprofOtlpError } from '../errors.ts';
import { decompress } from '../io/node/decompress.ts';
import type { Watch } from '../io/node/httpInput.ts';
import { readInput } from '../io/node/input.ts';
import type { OtlpExporter, Stop } from '../io/node/otlpExporter.ts';
import { shownUrl } from '../io/node/url.ts';
import type { Common } from './common.ts';
import { blocking } from './interrupt.ts';
import { requestsOf, type Translation } from './pushRequests.ts';
import { type Delivery, done, type FileReport, failed } from './report.ts';
import { asFailure, FINDING } from './status.ts';

export interface PushSettings {
  common: Common;
  translation: Translation;
  exporter: OtlpExporter;
  dryRun: boolean;
}

export interface Hooks {
  watch?: Watch;
  stop?: Stop;
  step?: (verb: string, size: number) => void;
}

/** Reads one input, translates and proves it, and sends it. Whatever goes wrong is in the report. */
export async function pushFile(file: string, settings: PushSettings, hooks: Hooks = {}): Promise<FileReport> {
  const { common, translation, exporter, dryRun } = settings;
  const { protocol, url } = exporter.target;
  const delivery: Delivery = {
    ...{ time: new Date().toISOString(), dryRun, protocol, requests: 0, accepted: 0 },
    ...{ attempts: 0, sentBytes: 0, rejectedProfiles: 0 },
  };
  let known: Report | undefined;
  try {
    const { maxSize, live } = common;
    const stored = await readInput(file, maxSize, live, hooks.watch);
    hooks.step?.('converting', stored.length);
    const bytes = await blocking(() => decompress(stored, maxSize));
    const { payloads, report } = blocking(() => requestsOf(bytes, protocol, common, translation));
    known = report;
    delivery.requests = payloads.length;
    if (payloads.length === 0) report.warnings.push('has no profile: nothing is sent');
    hooks.step?.('pushing', report.outputBytes);
    const said = dryRun ? [] : await send(payloads, exporter, delivery, report, hooks.stop);
    const result = { ...done(file, shownUrl(url.href), report), delivery };
    return said.length === 0 ? result : { ...result, error: finding(said), exit: FINDING };
  } catch (thrown) {
    if (process.env.PPROF_OTLP_DEBUG === '1') process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
    return { ...failed(file, afterSome(asFailure(thrown), delivery), known), delivery };
  }
}

/** One request after the other. Gives what the receiver did not take, or may not have taken. */
async function send(
  payloads: readonly Uint8Array[],
  exporter: OtlpExporter,
  delivery: Delivery,
  report: Report,
  stop: Stop | undefined,
): Promise<string[]> {
  const rejections: string[] = [];
  for (const payload of payloads) {
    const { sentBytes, rejectedProfiles, errorMessage, unclear, warnings } = await exporter.export(
      payload,
      stop,
      () => {
        delivery.attempts++;
      },
    );
    delivery.accepted++;
    delivery.sentBytes += sentBytes;
    delivery.rejectedProfiles += rejectedProfiles;
    report.warnings.push(...warnings);
    if (unclear !== undefined) rejections.push(unclear);
    else if (rejectedProfiles !== 0) rejections.push(rejected(rejectedProfiles, errorMessage));
    else if (errorMessage !== '') report.warnings.push(`the receiver says: ${errorMessage}`);
  }
  return rejections;
}

function rejected(count: number, message: string): string {
  const what = `the receiver rejected ${count} ${count === 1 ? 'profile' : 'profiles'} of it`;
  return `${what}${message === '' ? '' : `: ${message}`}`;
}

const finding = (said: readonly string[]): FileReport['error'] => ({
  ...{ code: 'rejected', message: `${[...new Set(said)].join('; ')}; not sent again`, path: null, offset: null },
});

/** What was taken of a file of several messages before one of them failed must not be sent again by mistake. */
function afterSome(error: PprofOtlpError, { accepted, requests }: Delivery): PprofOtlpError {
  if (accepted === 0) return error;
  const { code, message, stage, path, offset, cause } = error;
  return new PprofOtlpError(code, `${message}; the first ${accepted} of ${requests} messages were accepted`, {
    ...(stage === undefined ? {} : { stage }),
    ...(path === undefined ? {} : { path }),
    ...(offset === undefined ? {} : { offset }),
    cause,
  });
}
