// Calls of the library, bytes to bytes, in a process that is warm; the peers likewise.

import { rmSync } from 'node:fs';
import {
  FORWARD,
  FORWARD_UNPROVEN,
  GOOGLE,
  libraryCall,
  PDATA,
  peerCall,
  RETURN,
  RETURN_UNPROVEN,
} from './contenders.mjs';
import { prepareProfile, sizesOf } from './profiles.mjs';
import { inTurns } from './rounds.mjs';

/**
 * @param {number} megabytes of uncompressed pprof
 * @param {number} rounds
 * @param {import('./contenders.mjs').Peers} peers
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {Promise<import('./sizes.mjs').SizeResult>}
 */
export async function measureCalls(megabytes, rounds, peers, folder, say) {
  const files = prepareProfile(megabytes, folder);
  const calls = Math.max(1, Math.min(5, Math.floor(20 / megabytes)));
  const rows = await inTurns(
    [
      libraryCall(FORWARD, 'forward', files.pprof, calls),
      libraryCall(FORWARD_UNPROVEN, 'forward-no-verify', files.pprof, calls),
      libraryCall(RETURN, 'return', files.otlp, calls),
      libraryCall(RETURN_UNPROVEN, 'return-no-verify', files.otlp, calls),
      peerCall(GOOGLE, peers, 'google-pprof', files.pprof, calls),
      peerCall(PDATA, peers, 'pdata', files.otlp, calls),
    ],
    rounds,
    (progress) => say(`library, ${megabytes} MB: ${progress}`),
  );
  const bytes = sizesOf(files);
  for (const file of Object.values(files)) rmSync(file);
  return { megabytes, rounds, bytes, rows };
}
