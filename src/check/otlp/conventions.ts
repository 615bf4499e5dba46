import { NONE } from '../table.ts';
import type { Otlp } from './otlp.ts';

/** Attribute keys of the semantic conventions (registry 1.45) that profiles have, with what they demand. */

export type Level = 'Profile' | 'Sample' | 'Mapping' | 'Location' | 'InstrumentationScope';
type ValueType = 'string' | 'int' | 'double' | 'boolean' | 'bytes' | 'string[]' | 'int[]' | '[]' | 'mixed[]' | 'kvlist';

interface Known {
  type: ValueType;
  /** The only message that may have it. */
  level?: Level;
  /** The key that took its place. */
  renamed?: string;
}

const LEVELS: [key: string, type: ValueType, level: Level][] = [
  ['pprof.mapping.has_functions', 'boolean', 'Mapping'],
  ['pprof.mapping.has_filenames', 'boolean', 'Mapping'],
  ['pprof.mapping.has_line_numbers', 'boolean', 'Mapping'],
  ['pprof.mapping.has_inline_frames', 'boolean', 'Mapping'],
  ['pprof.location.is_folded', 'boolean', 'Location'],
  ['profile.frame.type', 'string', 'Location'],
  ['pprof.profile.comment', 'string[]', 'Profile'],
  ['pprof.profile.drop_frames', 'string', 'Profile'],
  ['pprof.profile.keep_frames', 'string', 'Profile'],
  ['pprof.profile.doc_url', 'string', 'Profile'],
  ['pprof.scope.default_sample_type', 'string', 'InstrumentationScope'],
  ['pprof.scope.sample_type_order', 'int[]', 'InstrumentationScope'],
  ['pprof_otlp.residual', 'bytes', 'InstrumentationScope'],
];

const TYPES: Partial<Record<ValueType, string>> = {
  int: `process.pid process.parent_pid process.vpid process.session_leader.pid process.group_leader.pid
    process.args_count process.user.id process.real_user.id process.saved_user.id process.exit.code thread.id
    host.cpu.cache.l2.size k8s.container.restart_count code.line.number code.column.number cpu.logical_number`,
  boolean: 'process.interactive',
  'string[]': `process.command_args host.ip host.mac container.image.tags container.image.repo_digests
    container.command_args`,
  string: `process.executable.build_id.gnu process.executable.build_id.go process.executable.build_id.htlhash
    process.executable.name process.executable.path process.command process.command_line process.owner
    process.user.name process.real_user.name process.saved_user.name process.runtime.name process.runtime.version
    process.runtime.description process.title process.creation.time process.exit.time process.working_directory
    process.linux.cgroup process.state process.context_switch.type thread.name service.name service.version
    service.namespace service.instance.id telemetry.sdk.name telemetry.sdk.language telemetry.sdk.version
    telemetry.distro.name telemetry.distro.version host.id host.name host.type host.arch host.image.name host.image.id
    host.image.version host.cpu.vendor.id host.cpu.family host.cpu.model.id host.cpu.model.name host.cpu.stepping
    os.type os.description os.name os.version os.build_id container.name container.id container.runtime.name
    container.image.name container.image.id container.command container.command_line k8s.cluster.name k8s.cluster.uid
    k8s.node.name k8s.node.uid k8s.namespace.name k8s.pod.uid k8s.pod.name k8s.container.name k8s.replicaset.uid
    k8s.replicaset.name k8s.deployment.uid k8s.deployment.name k8s.statefulset.uid k8s.statefulset.name
    k8s.daemonset.uid k8s.daemonset.name k8s.job.uid k8s.job.name k8s.cronjob.uid k8s.cronjob.name
    code.function.name code.file.path code.stacktrace cpu.mode`,
};

export const KNOWN: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...LEVELS.map(([key, type, level]): [string, Known] => [key, { type, level }]),
  ...Object.entries(TYPES).flatMap(([type, keys]) =>
    keys.split(/\s+/).map((key): [string, Known] => [key, { type: type as ValueType }]),
  ),
  ['process.executable.build_id.profiling', { type: 'string', renamed: 'process.executable.build_id.htlhash' }],
  ['process.context_switch_type', { type: 'string', renamed: 'process.context_switch.type' }],
]);

/** The type of an AnyValue in the words of the conventions; undefined for one without content. */
export function typeOf(payload: Otlp, value: number): ValueType | undefined {
  const { values } = payload;
  const has = (field: string) => values.has(value, field);
  if (has('string_value') || has('string_value_strindex')) return 'string';
  if (has('bool_value')) return 'boolean';
  if (has('int_value')) return 'int';
  if (has('double_value')) return 'double';
  if (has('bytes_value')) return 'bytes';
  if (has('kvlist_value')) return 'kvlist';
  if (!has('array_value')) return undefined;
  const types = new Set(elementsOf(payload, value).map((element) => typeOf(payload, element)));
  if (types.size === 0) return '[]';
  const [type] = types;
  return types.size === 1 && (type === 'string' || type === 'int') ? `${type}[]` : 'mixed[]';
}

/** The elements of an array value. */
export function elementsOf(payload: Otlp, value: number): number[] {
  const arrays = payload.table('ArrayValue');
  const array = payload.single(arrays, payload.values, 'array_value')[value];
  return array === NONE ? [] : payload.children(payload.values, arrays, 'values')[array];
}
