/** What a Pod spec is accepted with, although its author will hardly mean it. */
import type { Json } from '../definition.ts';
import { dnsLabel } from './names.ts';
import { isWhole } from './quantity.ts';

/** `at` is the path of the spec. */
export function podWarnings(spec: Json, at: string): string[] {
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    (spec[list] ?? []).flatMap((c: Json, i: number) => containerWarnings(c, `${at}.${list}[${i}]`)),
  );
  const grace = `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`;
  return [...deprecatedLabels(spec, at), ...containers, ...(spec.terminationGracePeriodSeconds < 0 ? [grace] : [])];
}

/** Names of Pods become host names. */
export function hostnameWarnings(name: string | undefined): string[] {
  const faults = dnsLabel(name ?? 'x');
  if (faults.length === 0) return [];
  const rule =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [`${rule}: [${faults.join(' ')}]`];
}

const REPLACED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
};

function deprecatedLabels({ nodeSelector = {} }: Json, at: string): string[] {
  return Object.keys(nodeSelector ?? {})
    .filter((label) => REPLACED[label])
    .map((label) => `${at}.nodeSelector[${label}]: deprecated since v1.14; use "${REPLACED[label]}" instead`);
}

function containerWarnings(container: Json, at: string): string[] {
  return [...repeatedEnv(container.env ?? [], at), ...brokenBytes(container.resources ?? {}, at)];
}

function repeatedEnv(env: Json[], at: string): string[] {
  return env.flatMap(({ name, value = '' }, i) => {
    const hidden = env.slice(0, i).some((earlier) => earlier.name === name);
    const meant = value.includes(`$(${name})`);
    return hidden && !meant
      ? [`${at}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`]
      : [];
  });
}

const BYTES = ['memory', 'ephemeral-storage'];

function brokenBytes(resources: Json, at: string): string[] {
  return ['limits', 'requests'].flatMap((list) =>
    BYTES.filter((name) => resources[list]?.[name] !== undefined && !isWhole(resources[list][name])).map(
      (name) =>
        `${at}.resources.${list}[${name}]: fractional byte value "${resources[list][name]}" is invalid, must be an integer`,
    ),
  );
}
