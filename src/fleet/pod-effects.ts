/** What stages can do to a Pod as a whole. Each row is one word of the language. */
import { rfc3339 } from '../kube/index.ts';
import type { PodLife } from './pod-life.ts';
import { actuate, grant, noteResize } from './resize.ts';

type Effect = (life: PodLife) => void;

export const POD_EFFECTS: Readonly<Record<string, Effect>> = {
  admit: (life) => {
    life.startTime = rfc3339(life.now);
  },
  countMount: (life) => {
    life.mountTries++;
  },
  makeSandbox: (life) => {
    life.sandbox = life.address !== undefined;
  },
  askAddress: (life) => life.world.network?.ask(life.pod, life.host),
  takeAddress: (life) => {
    const { host, pod, world } = life;
    const [own, ...more] = pod.spec.hostNetwork ? [host.address] : (world.network?.ips(pod) ?? []);
    life.address ??= own ?? host.addresses.take(pod.metadata.uid);
    life.moreAddresses = more;
  },
  freeAddress: (life) => {
    if (life.address) life.host.addresses.release(life.address, life.pod.metadata.uid);
    life.world.network?.letGo(life.pod);
    life.sandbox = false;
  },
  leave: (life) => {
    life.gone = true;
  },
  noteResize,
  grantResize: grant,
  endResize: actuate,
};
