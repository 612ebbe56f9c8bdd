/** One simulated host: its Node as last seen, its Pods, and what afflicts it. */
import type { Node } from '../kube/index.ts';
import { AddressBlock } from './address-block.ts';
import { type Amounts, sumOf } from './amounts.ts';
import { type HostFaults, NO_HOST_FAULTS } from './fault-set.ts';
import { PLAIN_SHAPE } from './host-shape.ts';
import { fullName } from './image.ts';
import { capacityOf } from './make-hosts.ts';
import type { Resident } from './resident.ts';
import { grantedTo } from './resize.ts';
import { slimNode } from './slim-node.ts';
import type { HostPlace } from './world.ts';

export class Host implements HostPlace {
  readonly name: string;
  readonly addresses: AddressBlock;
  readonly images = new Set<string>();
  readonly residents = new Set<Resident>();
  node: Node;
  faults: HostFaults = NO_HOST_FAULTS;
  /** When its status was last delivered, in ms; undefined: not by this process. */
  reportedAt: number | undefined;

  constructor(node: Node, podCidr: string) {
    this.name = node.metadata.name;
    this.node = slimNode(node, true);
    this.addresses = new AddressBlock(podCidr);
    for (const image of node.status?.images ?? [])
      for (const name of image.names ?? []) this.images.add(fullName(name));
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? {};
  }

  get address(): string {
    return this.node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? '127.0.0.1';
  }

  get allocatable(): Readonly<Record<string, string>> {
    return this.node.status?.allocatable ?? capacityOf(PLAIN_SHAPE).allocatable;
  }

  get diskPressure(): boolean {
    return this.faults.diskFull;
  }

  /** Neither reads nor writes: dead, or its kubelet is. */
  get silent(): boolean {
    return this.faults.silent !== undefined;
  }

  granted(except: string): Amounts {
    const taken = [...this.residents]
      .filter(({ life }) => life.pod.metadata.uid !== except && life.startTime !== undefined && !life.over)
      .map(({ life }) => ({ ...grantedTo(life), pods: 1 }));
    return sumOf(taken);
  }
}
