/** A volume labelled with a zone or region is reached only from hosts of that zone or region. */
import type { PersistentVolume } from '../../../kube/index.ts';
import type { NodeFacts } from '../node-facts.ts';
import { type Plugin, refusal } from '../plugin.ts';

const NAME = 'VolumeZone';
const ELSEWHERE = refusal(NAME, 'UnschedulableAndUnresolvable', 'node(s) had no available volume zone');
/** Present label names with the beta names that old volumes carry. */
const LABELS: readonly (readonly string[])[] = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
];
const ALL = LABELS.flat();

export const volumeZone: Plugin = {
  name: NAME,
  filter(pod, { storage }) {
    const volumes = pod.class.volumes.claims.flatMap((name) => {
      const claim = storage.claimOf(pod, name);
      const volume = claim && storage.boundVolume(claim);
      return volume && ALL.some((label) => volume.metadata.labels?.[label] !== undefined) ? [volume] : [];
    });
    if (volumes.length === 0) return undefined;
    return {
      kind: 'filter',
      refuse: ({ facts }) => (volumes.every((volume) => isReached(volume, facts)) ? undefined : ELSEWHERE),
    };
  },
};

/** A host that names neither zone nor region is taken to be in the only one there is. */
function isReached({ metadata }: PersistentVolume, { labels }: NodeFacts): boolean {
  if (!ALL.some((label) => labels[label] !== undefined)) return true;
  return LABELS.every((names) =>
    names.every((name) => {
      const zones = metadata.labels?.[name]?.split('__');
      if (!zones) return true;
      return names.some((own) => labels[own] !== undefined && zones.includes(labels[own]));
    }),
  );
}
