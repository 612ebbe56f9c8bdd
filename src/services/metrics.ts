/** Figures of guarded services. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface ServiceMetrics {
  held(namespace: string, name: string, count: number): void;
  removed(namespace: string, name: string, count: number): void;
  forget(namespace: string, name: string): void;
}

export function serviceMetrics(registry: Registry): ServiceMetrics {
  const labelNames = ['namespace', 'name'];
  const registers = [registry];
  const held = new Gauge({
    name: 'jdos_services_held_endpoints',
    help: 'Endpoints published as ready although the cluster calls their Pods unready',
    labelNames,
    registers,
  });
  const removed = new Counter({
    name: 'jdos_services_host_removals_total',
    help: 'Endpoints taken away because their hosts are lost',
    labelNames,
    registers,
  });
  return {
    held: (namespace, name, count) => held.set({ namespace, name }, count),
    removed: (namespace, name, count) => removed.inc({ namespace, name }, count),
    forget(namespace, name) {
      held.remove({ namespace, name });
      removed.remove({ namespace, name });
    },
  };
}
