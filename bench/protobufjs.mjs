// Decodes a pprof with protobufjs by its .proto file, as a program would that has no codec of its own. No translation.
//
//   node bench/protobufjs.mjs FILE

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

const root = new protobuf.Root();
root.loadSync(fileURLToPath(new URL('../proto/profile.proto', import.meta.url)));
const stored = readFileSync(process.argv[2] ?? '');
const bytes = stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored;
root.lookupType('perftools.profiles.Profile').decode(bytes);
