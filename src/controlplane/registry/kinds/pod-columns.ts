/** `kubectl get pods`: one word for what a Pod's containers are doing together. */
import type { Column, Json } from '../definition.ts';
import { ageColumn, nameColumn, text, wide } from './columns.ts';
import { since } from './human-duration.ts';

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** RFC 3339, of the latest restart that counts. */
  readonly lastRestart: string | undefined;
}

export const podColumns: readonly Column[] = [
  nameColumn,
  text('Ready', (pod) => `${podSummary(pod).ready}/${podSummary(pod).total}`, {
    description: 'The containers of the Pod that are ready, out of all that run for its whole life.',
  }),
  text('Status', (pod) => podSummary(pod).status, { description: 'What the containers of the Pod are doing.' }),
  text('Restarts', (pod, now) => restartsText(podSummary(pod), now), {
    description: 'How often the containers have been restarted, and when last.',
  }),
  ageColumn,
  wide('IP', (pod) => pod.status?.podIPs?.[0]?.ip ?? (pod.status?.podIP || '<none>')),
  wide('Node', (pod) => pod.spec.nodeName || '<none>'),
  wide('Nominated Node', (pod) => pod.status?.nominatedNodeName || '<none>'),
  wide('Readiness Gates', readinessGates),
];

/** The facts behind the columns READY, STATUS and RESTARTS. */
function podSummary(pod: Json): Summary {
  const status = pod.status ?? {};
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const init = initSummary(pod, sidecars);
  const total = (pod.spec.containers ?? []).length + sidecars.length;
  const before = { total, ready: init.ready, status: init.status ?? gatedOrPhase(status) };
  if (init.status !== undefined && !isTrue(status, 'Initialized')) {
    return { ...before, status: deletionOf(pod) ?? before.status, ...restartsOf(status.initContainerStatuses) };
  }
  const main = mainSummary(status, before.status);
  const sidecarStatuses = (status.initContainerStatuses ?? []).filter((s: Json) => named(sidecars, s.name));
  return {
    total,
    ready: init.ready + main.ready,
    status: deletionOf(pod) ?? main.status,
    ...restartsOf([...sidecarStatuses, ...(status.containerStatuses ?? [])]),
  };
}

/** Where initialization stands; `status` undefined once it is over. */
function initSummary(pod: Json, sidecars: Json[]): { ready: number; status?: string } {
  let ready = 0;
  for (const [i, container] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (container.started && named(sidecars, container.name)) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) return { ready, status: `Init:${terminationText(terminated)}` };
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return { ready, status: `Init:${waiting.reason}` };
    return { ready, status: `Init:${i}/${pod.spec.initContainers?.length ?? 0}` };
  }
  return { ready };
}

/** The first container that waits or has ended speaks for the Pod, unless others still run beside a completed one. */
function mainSummary(status: Json, phase: string): { ready: number; status: string } {
  let ready = 0;
  let reason = phase;
  for (const container of (status.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminationText(terminated);
    else if (container.ready && running) ready++;
  }
  if (reason === 'Completed' && ready > 0) reason = isTrue(status, 'Ready') ? 'Running' : 'NotReady';
  return { ready, status: reason };
}

function terminationText(terminated: Json): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

function gatedOrPhase(status: Json): string {
  const gated = (status.conditions ?? []).some(
    (c: Json) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : status.reason || status.phase || '';
}

function deletionOf(pod: Json): string | undefined {
  if (!pod.metadata.deletionTimestamp) return undefined;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  return ['Succeeded', 'Failed'].includes(pod.status?.phase) ? undefined : 'Terminating';
}

function restartsOf(statuses: Json[] = []): Pick<Summary, 'restarts' | 'lastRestart'> {
  const times = statuses.map((s) => s.lastState?.terminated?.finishedAt).filter(Boolean);
  const restarts = statuses.reduce((sum, s) => sum + (s.restartCount ?? 0), 0);
  return { restarts, lastRestart: times.sort().at(-1) };
}

function restartsText({ restarts, lastRestart }: Summary, now: number): string {
  return restarts > 0 && lastRestart ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts);
}

function readinessGates(pod: Json): string {
  const gates: Json[] = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => isTrue(pod.status, gate.conditionType)).length}/${gates.length}`;
}

function isTrue(status: Json, type: string): boolean {
  return (status?.conditions ?? []).some((c: Json) => c.type === type && c.status === 'True');
}

function isSidecar(container: Json): boolean {
  return container.restartPolicy === 'Always';
}

function named(containers: Json[], name: string): boolean {
  return containers.some((c) => c.name === name);
}
