/**
 * What a container finds when it starts and keeps until its end: values of annotations and labels in its environment, and
 * which file of a ConfigMap lies at a path. Where there is no such file then, there is an empty directory.
 */
import type { core } from '../kube/index.ts';
import type { FoundAtStart } from './container-record.ts';
import type { PodLife } from './pod-life.ts';

const FIELD = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** Undefined for most containers: they ask for nothing that may change. */
export function foundAtStart(spec: core.Container, life: PodLife): FoundAtStart | undefined {
  const fields = fieldsOf(spec, life);
  const directories = missingFiles(spec, life, fields);
  return Object.keys(fields).length + directories.length > 0 ? { fields, directories } : undefined;
}

/** Field path to value. */
function fieldsOf({ env }: core.Container, { pod }: PodLife): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { valueFrom } of env ?? []) {
    const path = valueFrom?.fieldRef?.fieldPath ?? '';
    const match = FIELD.exec(path);
    if (match) found[path] = pod.metadata[match[1] as 'labels' | 'annotations']?.[match[2]!] ?? '';
  }
  return found;
}

function missingFiles(spec: core.Container, life: PodLife, fields: Readonly<Record<string, string>>): string[] {
  const variables = new Map(
    (spec.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''] ?? '',
    ]),
  );
  return (spec.volumeMounts ?? [])
    .filter(({ name, subPath, subPathExpr }) => {
      const file =
        subPath ?? subPathExpr?.replace(/\$\(([\w.-]+)\)/g, (_, variable: string) => variables.get(variable) ?? '');
      const map = life.pod.spec.volumes?.find((volume) => volume.name === name)?.configMap;
      if (!file || !map?.name || map.items) return false;
      return life.world.keys('ConfigMap', life.pod.metadata.namespace ?? '', map.name)?.has(file) === false;
    })
    .map(({ mountPath }) => mountPath);
}

/** Is it a label or an annotation, which a container may read when it starts? */
export function isChangeable(path: string | undefined): boolean {
  return FIELD.test(path ?? '');
}

/** The annotations among those. */
export function annotationsReadBy(containers: readonly core.Container[]): ReadonlySet<string> {
  const paths = containers.flatMap(({ env }) =>
    (env ?? []).map(({ valueFrom }) => FIELD.exec(valueFrom?.fieldRef?.fieldPath ?? '')),
  );
  return new Set(paths.filter((match) => match?.[1] === 'annotations').map((match) => match![2]!));
}
