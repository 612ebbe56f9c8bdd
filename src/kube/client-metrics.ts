/** The figures of a client, under the names that Kubernetes' own components use. */

import { Counter, Histogram, type Registry } from 'prom-client';

/** `status` is an HTTP code, or `<error>` where no answer came. */
export type ObserveRequest = (method: string, status: string, tookMs: number) => void;

const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
const TOTAL = 'rest_client_requests_total';
const DURATION = 'rest_client_request_duration_seconds';

export function clientMetrics(registry: Registry, host: string): ObserveRequest {
  const registers = [registry];
  const total =
    (registry.getSingleMetric(TOTAL) as Counter | undefined) ??
    new Counter({ name: TOTAL, help: 'Requests to API servers', labelNames: ['code', 'method', 'host'], registers });
  const duration =
    (registry.getSingleMetric(DURATION) as Histogram | undefined) ??
    new Histogram({
      name: DURATION,
      help: 'Time until a request was answered',
      labelNames: ['verb', 'host'],
      buckets: SECONDS,
      registers,
    });
  return (method, code, tookMs) => {
    total.inc({ code, method, host });
    duration.observe({ verb: method, host }, tookMs / 1000);
  };
}
