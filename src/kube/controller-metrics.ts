/** The figures of a controller and its queue, under the names that Kubernetes' own controllers use. */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ControllerMetrics {
  added(depth: number): void;
  taken(depth: number, waitedMs: number): void;
  done(depth: number, workedMs: number): void;
  retried(): void;
  reconciled(result: 'success' | 'error' | 'requeue_after', tookMs: number): void;
}

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

export function controllerMetrics(registry: Registry, name: string): ControllerMetrics {
  const depth = gauge(registry, 'workqueue_depth', 'Keys waiting', ['name']);
  const adds = counter(registry, 'workqueue_adds_total', 'Keys added', ['name']);
  const retries = counter(registry, 'workqueue_retries_total', 'Keys added again after a failure', ['name']);
  const waited = histogram(registry, 'workqueue_queue_duration_seconds', 'How long a key waited', ['name']);
  const worked = histogram(registry, 'workqueue_work_duration_seconds', 'How long a key was worked on', ['name']);
  const total = counter(registry, 'controller_runtime_reconcile_total', 'Reconciles', ['controller', 'result']);
  const took = histogram(registry, 'controller_runtime_reconcile_time_seconds', 'Time of a reconcile', ['controller']);
  return {
    added(size) {
      adds.inc({ name });
      depth.set({ name }, size);
    },
    taken(size, waitedMs) {
      depth.set({ name }, size);
      waited.observe({ name }, waitedMs / 1000);
    },
    done(size, workedMs) {
      depth.set({ name }, size);
      worked.observe({ name }, workedMs / 1000);
    },
    retried: () => retries.inc({ name }),
    reconciled(result, tookMs) {
      total.inc({ controller: name, result });
      took.observe({ controller: name }, tookMs / 1000);
    },
  };
}

/** Several controllers share a registry: the metric is there once, with a label for each of them. */
function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  return (registry.getSingleMetric(name) as Counter) ?? new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  return (registry.getSingleMetric(name) as Gauge) ?? new Gauge({ name, help, labelNames, registers: [registry] });
}

function histogram(registry: Registry, name: string, help: string, labelNames: string[]): Histogram {
  const known = registry.getSingleMetric(name) as Histogram | undefined;
  return known ?? new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [registry] });
}
