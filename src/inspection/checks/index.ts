/** The twenty checks, in the order of the brief. */
import type { Check } from '../check.ts';
import { agentProcess } from './agent-process.ts';
import { cadvisorCgroupCpu } from './cadvisor-cgroup-cpu.ts';
import { cadvisorCgroupMemory } from './cadvisor-cgroup-memory.ts';
import { cadvisorCgroupSwap } from './cadvisor-cgroup-swap.ts';
import { cadvisorProcess } from './cadvisor-process.ts';
import { diskExport } from './disk-export.ts';
import { fdCount } from './fd-count.ts';
import { fstab } from './fstab.ts';
import { kernelPidMax } from './kernel-pid-max.ts';
import { kernelVersion } from './kernel-version.ts';
import { kubeletHealth } from './kubelet-health.ts';
import { kubeletProcess } from './kubelet-process.ts';
import { kubeletVersion } from './kubelet-version.ts';
import { load } from './load.ts';
import { logLevel } from './log-level.ts';
import { memUsage } from './mem-usage.ts';
import { netConntrack } from './net-conntrack.ts';
import { nicCrc } from './nic-crc.ts';
import { procCount } from './proc-count.ts';
import { timeOffset } from './time-offset.ts';

export const CHECKS: readonly Check[] = [
  kubeletProcess,
  kubeletHealth,
  diskExport,
  procCount,
  timeOffset,
  logLevel,
  kernelVersion,
  nicCrc,
  fdCount,
  kernelPidMax,
  fstab,
  netConntrack,
  memUsage,
  load,
  kubeletVersion,
  cadvisorProcess,
  agentProcess,
  cadvisorCgroupCpu,
  cadvisorCgroupMemory,
  cadvisorCgroupSwap,
];
