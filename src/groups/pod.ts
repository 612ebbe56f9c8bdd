/** The Pod of one replica, as it is created. */
import { podFromTemplate } from '../control/index.ts';
import type { core, Draft, Pod } from '../kube/index.ts';
import { GROUPS, type Group } from '../resources/index.ts';
import { GATE, GROUP, NODE_TAINTS, ORDINAL, REVISION, STATE } from './marks.ts';
import { HUB_VOLUME, immutableVolume, materialOf } from './material.ts';
import { podName } from './ordinals.ts';
import { placed } from './placement.ts';
import type { Version } from './revision.ts';

export interface Birth {
  readonly group: Group;
  readonly ordinal: number;
  readonly version: Version;
  /** Where the replica ran last; undefined: it may run anywhere. */
  readonly lastNode?: string | undefined;
  /** Of its address. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export function podOf({ group, ordinal, version, lastNode, annotations }: Birth): Draft<Pod> {
  const name = podName(group, ordinal);
  const material = materialOf(version.data);
  const template: core.PodTemplateSpec = {
    metadata: { labels: material.labels, annotations: material.annotations, finalizers: [...material.finalizers] },
    spec: material.spec,
  };
  const pod = podFromTemplate(template, { owner: group, ownerType: GROUPS, name });
  pod.metadata.labels = { ...pod.metadata.labels, ...identity(group, ordinal, version) };
  pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
  if (pod.metadata.finalizers?.length === 0) delete pod.metadata.finalizers;
  pod.spec = placed(specOf(pod.spec, group, version, name), group, lastNode);
  return pod;
}

function identity(group: Group, ordinal: number, { hash }: Version): Record<string, string> {
  return {
    [GROUP]: group.metadata.name,
    [ORDINAL]: String(ordinal),
    [REVISION]: hash,
    [STATE]: 'PreparingNormal',
  };
}

function specOf(spec: core.PodSpec, group: Group, version: Version, name: string): core.PodSpec {
  const { tolerateNodeFailureSeconds: seconds } = group.spec.disruption;
  const volumes = [...(spec.volumes ?? []), ...configVolumes(group, version)];
  return {
    ...spec,
    ...(group.spec.identity.hostname && !spec.hostname && { hostname: name }),
    ...(volumes.length > 0 && { volumes }),
    readinessGates: [...(spec.readinessGates ?? []), { conditionType: GATE }],
    tolerations: [...(spec.tolerations ?? []), ...NODE_TAINTS.map((key) => toleration(key, seconds))],
  };
}

/** Without a number of seconds the taint is borne for ever. */
function toleration(key: string, seconds: number): core.Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', ...(seconds >= 0 && { tolerationSeconds: seconds }) };
}

export function hubName(group: Group): string {
  return `${group.metadata.name}-cfg`;
}

export function immutableName(group: Group, config: string, revision: string): string {
  return `${group.metadata.name}-${config}-${revision}`;
}

function configVolumes(group: Group, { data }: Version): core.Volume[] {
  const configs = data.spec.staticConfigs ?? [];
  const immutable = configs
    .filter(({ mode }) => mode === 'Immutable')
    .map((config) => {
      const revision = data.config?.[config.name] ?? '';
      return {
        name: immutableVolume(config, revision),
        configMap: { name: immutableName(group, config.name, revision) },
      };
    });
  const hub = configs.some(({ mode }) => mode === 'Hub');
  return [...(hub ? [{ name: HUB_VOLUME, configMap: { name: hubName(group) } }] : []), ...immutable];
}
