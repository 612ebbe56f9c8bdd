/** Node drafts of a data centre that could be: zones, racks, and a few generations of machines side by side. */
import { hash } from 'node:crypto';
import type { Draft, Node } from '../kube/index.ts';
import { podBlock } from './address-block.ts';
import { type Chance, chanceOf, pickWeighted } from './chance.ts';
import { DISK_TYPES, type HostShape, SHAPES } from './host-shape.ts';
import { HOST_LABELS, SIMULATED } from './names.ts';

const REGION = 'gz';
const ZONES = 3;
const HOSTS_PER_RACK = 20;
const RACKS_PER_ROW = 10;
const PODS = 110;

/**
 * The first `count` hosts of the data centre of this seed. More hosts of the same seed begin with the same ones, so a
 * fleet grows without changing.
 */
export function makeHosts(count: number, seed = 1): Draft<Node>[] {
  const chance = chanceOf(seed);
  return Array.from({ length: count }, (_, index) => makeHost(index, chance));
}

function makeHost(index: number, chance: Chance): Draft<Node> {
  const place = placeOf(index);
  const shape = pickWeighted(SHAPES, chance('shape', place.zone, place.rack));
  const name = `${place.zone.replace('-', '')}-${place.rack.replace('-', '')}-${pad(place.unit)}`;
  const address = addressOf(index);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: labelsOf(name, place, shape, chance),
      annotations: { [`${HOST_LABELS}cpu.model`]: shape.cpuName, 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: podBlock(index), podCIDRs: [podBlock(index)], providerID: `jdos://${REGION}/${name}` },
    status: {
      ...capacityOf(shape),
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: nodeInfoOf(name),
    },
  };
}

interface Place {
  readonly zone: string;
  readonly rack: string;
  readonly unit: number;
}

/** Zones are filled in turn, racks from the bottom; rows are numbered through all zones, so rack names are unique. */
function placeOf(index: number): Place {
  const zone = index % ZONES;
  const inZone = Math.floor(index / ZONES);
  const rack = Math.floor(inZone / HOSTS_PER_RACK);
  const row = Math.floor(rack / RACKS_PER_ROW) * ZONES + zone + 1;
  const rackName = `r${pad(row)}-${pad((rack % RACKS_PER_ROW) + 1)}`;
  return { zone: `${REGION}-${zone + 1}`, rack: rackName, unit: (inZone % HOSTS_PER_RACK) + 1 };
}

function labelsOf(name: string, { zone, rack }: Place, shape: HostShape, chance: Chance): Record<string, string> {
  const jdos = {
    status: 'ready',
    zone,
    rack,
    'disk.type': pickWeighted(DISK_TYPES, chance('disk', rack)),
    'cpu.model': shape.cpu,
    'net.status': 'ready',
    'net.pod': `v1${rack.slice(1, 3)}0`,
    'image.status': 'ready',
  };
  return {
    [SIMULATED]: 'true',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'amd64',
    'topology.kubernetes.io/region': REGION,
    'topology.kubernetes.io/zone': zone,
    'node.kubernetes.io/instance-type': shape.name,
    ...Object.fromEntries(Object.entries(jdos).map(([label, value]) => [`${HOST_LABELS}${label}`, value])),
  };
}

/** What the kubelet keeps for the system grows slowly with the machine. */
export function capacityOf(shape: HostShape): {
  capacity: Record<string, string>;
  allocatable: Record<string, string>;
} {
  const reservedMilli = 100 + shape.cores * 10;
  const reservedMi = 512 + shape.memoryGi * 16;
  const common = { pods: String(PODS), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  return {
    capacity: {
      ...common,
      cpu: String(shape.cores),
      memory: `${shape.memoryGi}Gi`,
      'ephemeral-storage': `${shape.diskGi}Gi`,
    },
    allocatable: {
      ...common,
      cpu: `${shape.cores * 1000 - reservedMilli}m`,
      memory: `${shape.memoryGi * 1024 - reservedMi}Mi`,
      'ephemeral-storage': `${Math.floor(shape.diskGi * 0.9)}Gi`,
    },
  };
}

/** Identities follow from the name; so the same host comes back as the same machine. */
export function nodeInfoOf(name: string) {
  const id = (what: string) => hash('sha256', `${what} of ${name}`).slice(0, 32);
  const uuid = id('system').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return {
    architecture: 'amd64',
    bootID: id('boot').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    containerRuntimeVersion: 'containerd://2.1.4',
    kernelVersion: '6.6.0-jdos',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: id('machine'),
    operatingSystem: 'linux',
    osImage: 'JDOS simulated host',
    systemUUID: uuid,
  };
}
export const KUBELET_VERSION = 'v1.35.0';

/** 10.64.0.0/12, away from Pods (10.128.0.0/9) and Services (10.96.0.0/12). */
export function addressOf(index: number): string {
  const net = Math.floor(index / 250);
  return `10.${64 + (net >> 8)}.${net & 255}.${(index % 250) + 2}`;
}

const pad = (number: number) => String(number).padStart(2, '0');
