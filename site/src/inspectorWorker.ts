/** The worker's program, put here by the build: the page is one file, and a file has nothing beside it. */
declare const __WORKER__: string;

/** Not in every browser, and not in TypeScript's list. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The page allows no script but its own, so that the one address it makes has to be vouched for. */
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy('pprof-otlp', { createScriptURL: (url) => url });

/** Starts a worker. It has the page's Content-Security-Policy, so it can't connect to anything either. */
export function inspectorWorker(): Worker {
  const url = URL.createObjectURL(new Blob([__WORKER__], { type: 'text/javascript' }));
  const worker = new Worker(policy?.createScriptURL(url) ?? url, { name: 'inspector' });
  // The worker has fetched it once it answers.
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
