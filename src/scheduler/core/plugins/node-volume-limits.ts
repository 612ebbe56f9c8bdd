/** A host can attach so many volumes of a CSI driver and no more. */
import type { NodeInfo } from '../node-info.ts';
import { type Plugin, refusal } from '../plugin.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Storage } from '../storage.ts';

const NAME = 'NodeVolumeLimits';
const FULL = refusal(NAME, 'Unschedulable', 'node(s) exceed max volume count');

export const nodeVolumeLimits: Plugin = {
  name: NAME,
  filter(pod, { storage }) {
    const wanted = attachments(pod, storage);
    if (wanted.size === 0) return undefined;
    return { kind: 'filter', refuse: (node) => (exceeds(wanted, node, storage) ? FULL : undefined) };
  },
};

/** Driver by volume: one volume counts once, however many Pods of the host use it. */
type Attachments = Map<string, string>;

function exceeds(wanted: Attachments, node: NodeInfo, storage: Storage): boolean {
  const drivers = storage.csiNodes.get(node.name)?.spec?.drivers ?? [];
  const limits = drivers.flatMap(({ name, allocatable }) =>
    allocatable?.count === undefined ? [] : [{ name, limit: allocatable.count }],
  );
  if (!limits.some(({ name }) => wanted.values().some((driver) => driver === name))) return false;
  const attached: Attachments = new Map();
  for (const other of node.pods.values()) {
    if (other.class.volumes.claims.length === 0) continue;
    for (const [volume, driver] of attachments(other, storage)) attached.set(volume, driver);
  }
  return limits.some(({ name, limit }) => {
    const fresh = [...wanted].filter(([volume, driver]) => driver === name && !attached.has(volume)).length;
    return fresh > 0 && fresh + [...attached.values()].filter((driver) => driver === name).length > limit;
  });
}

/** What is not provisioned yet counts under its claim's name for the driver of its class. */
function attachments(pod: PodInfo, storage: Storage): Attachments {
  const found: Attachments = new Map();
  for (const name of pod.class.volumes.claims) {
    const claim = storage.claimOf(pod, name);
    if (!claim) continue;
    const volume = storage.boundVolume(claim);
    if (volume?.spec.csi)
      found.set(`${volume.spec.csi.driver}^${volume.spec.csi.volumeHandle}`, volume.spec.csi.driver);
    const driver = volume ? undefined : storage.classes.get(claim.spec.storageClassName ?? '')?.provisioner;
    if (driver) found.set(`${driver}^${pod.namespace}/${name}`, driver);
  }
  return found;
}
