/** From a revision to the Pod template that its Pods get. */

import { templateHash } from '../control/index.ts';
import type { core } from '../kube/index.ts';
import { CONFIG, ENV } from './marks.ts';
import { type Material, type MutableEnv, type RevisionData, remembered, type StaticConfig } from './revision.ts';

/** Where all revisions of a Group's static configs lie; told to Pods by this name of a volume. */
export const HUB_VOLUME = 'jdos-config';

export function materialOf(data: RevisionData): Material {
  return remembered(data, make);
}

function make({ spec: { template, mutableEnv = [], staticConfigs = [] }, config = {} }: RevisionData): Material {
  const { labels = {}, annotations = {}, finalizers = [] } = template.metadata ?? {};
  const values: Record<string, string> = {};
  const containers = template.spec.containers.map((container) =>
    withConfigs(withMutableEnv(container, mutableEnv, values), staticConfigs, config, values),
  );
  return {
    labels,
    annotations: { ...annotations, ...values },
    finalizers,
    spec: { ...template.spec, containers },
  };
}

/** The values of mutable variables move into annotations. Of a variable that has a source nothing can be moved. */
function withMutableEnv(
  container: core.Container,
  mutable: readonly MutableEnv[],
  values: Record<string, string>,
): core.Container {
  const names = new Set(mutable.find((one) => one.container === container.name)?.names);
  if (names.size === 0) return container;
  const env = (container.env ?? []).map((variable) => {
    if (!names.has(variable.name) || variable.valueFrom) return variable;
    const annotation = envAnnotation(container.name, variable.name);
    values[annotation] = variable.value ?? '';
    return { name: variable.name, valueFrom: fromAnnotation(annotation) };
  });
  return { ...container, env };
}

/** Annotation names are short; a variable of any name gets one. */
export function envAnnotation(container: string, name: string): string {
  const plain = `${container}.${name}`;
  const fits = plain.length <= 63 && /^[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]$/.test(plain);
  return `${ENV}${fits ? plain : `${container.slice(0, 40)}.${templateHash(plain)}`}`;
}

function withConfigs(
  container: core.Container,
  configs: readonly StaticConfig[],
  revisions: Readonly<Record<string, string>>,
  values: Record<string, string>,
): core.Container {
  const own = configs.filter(({ containers }) => containers.includes(container.name));
  if (own.length === 0) return container;
  const env = [...(container.env ?? [])];
  const volumeMounts = [...(container.volumeMounts ?? [])];
  for (const config of own) {
    const revision = revisions[config.name] ?? '';
    if (config.mode === 'Hub') {
      const annotation = `${CONFIG}${config.name}`;
      values[annotation] = revision;
      env.unshift({ name: configVariable(config.name), valueFrom: fromAnnotation(annotation) });
    }
    volumeMounts.push(...config.files.map((file) => mountOf(config, file, revision)));
  }
  return { ...container, env, volumeMounts };
}

function mountOf(config: StaticConfig, file: string, revision: string): core.VolumeMount {
  const mountPath = `${config.mountPath.replace(/\/$/, '')}/${file}`;
  if (config.mode === 'Immutable')
    return { name: immutableVolume(config, revision), mountPath, subPath: file, readOnly: true };
  return { name: HUB_VOLUME, mountPath, subPathExpr: `$(${configVariable(config.name)}).${file}`, readOnly: true };
}

/** Another revision is another volume, so that the change shows as one that only another Pod can take. */
export function immutableVolume(config: StaticConfig, revision: string): string {
  return `jdos-${config.name}-${revision}`;
}

/** The environment variable that carries the revision of a static config into the path of its files. */
export function configVariable(name: string): string {
  return `JDOS_CFG_${name.toUpperCase().replaceAll('-', '_')}`;
}

function fromAnnotation(name: string): core.EnvVarSource {
  return { fieldRef: { fieldPath: `metadata.annotations['${name}']` } };
}
