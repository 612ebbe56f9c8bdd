/** What Pods of a Group are made of: a template, and with it what stands still until a Pod is rebuilt. */

import type { ControllerRevision, core } from '../kube/index.ts';
import type { Group, GroupSpec, PodTemplate } from '../resources/index.ts';
import { REVISION } from './marks.ts';

export type StaticConfig = NonNullable<GroupSpec['staticConfigs']>[number];
export type MutableEnv = NonNullable<GroupSpec['mutableEnv']>[number];

/** The data of a ControllerRevision. */
export interface RevisionData {
  readonly spec: {
    readonly template: PodTemplate;
    readonly staticConfigs?: readonly StaticConfig[];
    readonly mutableEnv?: readonly MutableEnv[];
  };
  /** Name of a static config to the revision of its files. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface Version {
  /** Of the ControllerRevision. */
  readonly name: string;
  /** Its short name, which is a label's value whatever the Group is called. */
  readonly hash: string;
  readonly data: RevisionData;
}

/** What the Group asks for now. `config` holds the revisions of its static configs. */
export function wantedData(group: Group, config: Readonly<Record<string, string>>): RevisionData {
  const { template, staticConfigs, mutableEnv } = group.spec;
  return {
    spec: {
      template,
      ...(staticConfigs?.length && { staticConfigs }),
      ...(mutableEnv?.length && { mutableEnv }),
    },
    ...(Object.keys(config).length > 0 && { config }),
  };
}

export function versionOf(revision: ControllerRevision): Version {
  return {
    name: revision.metadata.name,
    hash: revision.metadata.labels?.[REVISION] ?? revision.metadata.name,
    data: revision.data as unknown as RevisionData,
  };
}

/** A Pod template as Pods get it: variables and files that may change later come in through annotations. */
export interface Material {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  readonly spec: core.PodSpec;
}

const materials = new WeakMap<RevisionData, Material>();

/** The same object for the same revision: it is asked for with every look at a Pod. */
export function remembered(data: RevisionData, make: (data: RevisionData) => Material): Material {
  const known = materials.get(data);
  if (known) return known;
  const made = make(data);
  materials.set(data, made);
  return made;
}
