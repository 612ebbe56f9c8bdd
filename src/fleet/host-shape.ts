/** The machines of the simulated data centre, with how common each is. A rack holds one kind. */

export interface HostShape {
  /** `node.kubernetes.io/instance-type` */
  readonly name: string;
  readonly cores: number;
  readonly memoryGi: number;
  readonly diskGi: number;
  /** As a label value. */
  readonly cpu: string;
  /** As the machine says it. */
  readonly cpuName: string;
}

const XEON_4 = { cpu: 'xeon-gold-6448y', cpuName: 'Intel(R) Xeon(R) Gold 6448Y CPU @ 2.10GHz' };
const XEON_2 = { cpu: 'xeon-gold-6248r', cpuName: 'Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz' };
const EPYC_4 = { cpu: 'epyc-9654', cpuName: 'AMD EPYC 9654 96-Core Processor' };
const EPYC_3 = { cpu: 'epyc-7763', cpuName: 'AMD EPYC 7763 64-Core Processor' };

export const SHAPES: readonly (readonly [HostShape, number])[] = [
  [{ name: 'jdos.c32m128', cores: 32, memoryGi: 128, diskGi: 960, ...XEON_2 }, 25],
  [{ name: 'jdos.c48m192', cores: 48, memoryGi: 192, diskGi: 1920, ...XEON_2 }, 20],
  [{ name: 'jdos.c64m256', cores: 64, memoryGi: 256, diskGi: 1920, ...XEON_4 }, 30],
  [{ name: 'jdos.c96m384', cores: 96, memoryGi: 384, diskGi: 3840, ...EPYC_3 }, 15],
  [{ name: 'jdos.c128m1024', cores: 128, memoryGi: 1024, diskGi: 7680, ...EPYC_4 }, 10],
];

/** What a Node gets that came without any capacity of its own. */
export const PLAIN_SHAPE: HostShape = SHAPES[0]![0];

export const DISK_TYPES: readonly (readonly [string, number])[] = [
  ['nvme', 40],
  ['ssd', 35],
  ['sas', 10],
  ['sata', 10],
  ['mixed', 5],
];
