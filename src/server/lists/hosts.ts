import { HOST_ROW } from '../contract/rows.ts';
import type { List } from './list.ts';

/** Hosts with what their Pods ask for. */
export const hosts: List = {
  name: 'hosts',
  row: HOST_ROW,
  tables: ['nodes', 'pods'],
  key: ['cluster', 'name'],
  sort: 'name',
  from: `nodes n LEFT JOIN (
    SELECT cluster, node_name, count(*) AS pods, sum(cpu_request) AS cpu, sum(memory_request) AS memory
    FROM pods WHERE phase NOT IN ('Succeeded', 'Failed') GROUP BY cluster, node_name
  ) p ON p.cluster = n.cluster AND p.node_name = n.name`,
  columns: {
    cluster: { sql: 'n.cluster', filter: true },
    name: { sql: 'n.name', search: true, filter: true },
    ip: { sql: 'n.internal_ip', search: true },
    zone: { sql: 'n.zone', filter: true },
    rack: { sql: 'n.rack', search: true, filter: true },
    status: { sql: "coalesce(n.labels['jdos.jd.com/status'], '')", filter: true },
    diskType: { sql: "coalesce(n.labels['jdos.jd.com/disk.type'], '')", filter: true },
    cpuModel: { sql: "coalesce(n.labels['jdos.jd.com/cpu.model'], '')", filter: true },
    ready: { sql: 'n.ready', filter: true },
    unschedulable: { sql: 'n.unschedulable', filter: true },
    pods: { sql: 'coalesce(p.pods, 0)' },
    podsAllocatable: { sql: 'n.pods_allocatable' },
    cpuRequested: { sql: 'coalesce(p.cpu, 0)' },
    cpuAllocatable: { sql: 'n.cpu_allocatable' },
    memoryRequested: { sql: 'coalesce(p.memory, 0)' },
    memoryAllocatable: { sql: 'n.memory_allocatable' },
    cpuShare: { sql: 'coalesce(p.cpu, 0) / nullif(n.cpu_allocatable, 0)' },
    memoryShare: { sql: 'coalesce(p.memory, 0) / nullif(n.memory_allocatable, 0)' },
    kubelet: { sql: 'n.kubelet_version', filter: true },
    kernel: { sql: 'n.kernel_version', filter: true },
    createdAt: { sql: 'n.created_at' },
  },
};
