/** Labels, annotations and places by which people and programs steer the simulated fleet. */

/** A Node with this label set to "true" is lived by the fleet, whoever made it. */
export const SIMULATED = 'fleet.jdos.jd.com/simulated';

/** Faults are ConfigMaps in this namespace whose {@link FAULT} label names the kind. */
export const FAULT_NAMESPACE = 'jdos-fleet';
export const FAULT = 'fleet.jdos.jd.com/fault';

/** On a Pod; with `.<container>` appended they speak of that container only. */
export const EXIT_CODE = 'fleet.jdos.jd.com/exit-code';
export const RUN_SECONDS = 'fleet.jdos.jd.com/run-seconds';
export const START_SECONDS = 'fleet.jdos.jd.com/start-seconds';
export const STOP_SECONDS = 'fleet.jdos.jd.com/stop-seconds';
/** Comma-separated `startup`, `readiness`, `liveness`: those probes fail. */
export const FAIL_PROBES = 'fleet.jdos.jd.com/fail-probes';

/** Quantities (`250m`, `64Mi`): so much each running container uses, instead of what the fleet makes up. */
export const CPU_USAGE = 'fleet.jdos.jd.com/cpu-usage';
export const MEMORY_USAGE = 'fleet.jdos.jd.com/memory-usage';

/** Prefix of the host labels of JDOS: `jdos.jd.com/zone` and its siblings. */
export const HOST_LABELS = 'jdos.jd.com/';
export const RACK = 'jdos.jd.com/rack';

export const LEASE_NAMESPACE = 'kube-node-lease';

interface Annotated {
  metadata: { annotations?: Record<string, string> };
}

/** The container's own annotation, else the Pod's. */
export function annotationFor(pod: Annotated, name: string, container: string): string | undefined {
  const annotations = pod.metadata.annotations;
  return annotations?.[`${name}.${container}`] ?? annotations?.[name];
}

/** The annotation as a number that is not negative; anything else counts as not written. */
export function numberFor(pod: Annotated, name: string, container: string): number | undefined {
  const text = annotationFor(pod, name, container);
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
