/** How many requests, and how long they took, by route: never by address, which would be a series for each object. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export async function measureRequests(app: FastifyInstance, registry: Registry): Promise<void> {
  const { Histogram } = await import('prom-client');
  const seconds = new Histogram({
    name: 'jdos_http_request_duration_seconds',
    help: 'Requests to the console by route, and how long they took',
    labelNames: ['method', 'route', 'code'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, code: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
