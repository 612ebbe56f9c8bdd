import { describe, expect, it } from 'vitest';
import type { Service } from '../kube/index.ts';
import { meta, pod } from './fixture.ts';
import { endpointGroups, portsOf } from './service-endpoints.ts';

describe('endpointGroups', () => {
  const service: Service = {
    metadata: meta('web'),
    spec: { selector: { app: 'web' }, clusterIP: '10.1.0.1', ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
  const spec = { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] };
  const view = { zoneOf: (node: string) => `zone-of-${node}` };

  it.each([
    ['ready', { ready: true }, { ready: true, serving: true, terminating: false }],
    ['not ready', {}, { ready: false, serving: false, terminating: false }],
    ['leaving but serving', { ready: true, leaving: true }, { ready: false, serving: true, terminating: true }],
  ])('tells that a Pod is %s', (_, fixture, conditions) => {
    const [group] = endpointGroups(service, [pod({ ...fixture, ip: '10.0.0.1', node: 'a', spec })], view);
    expect(group).toMatchObject({
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [{ addresses: ['10.0.0.1'], conditions, nodeName: 'a', zone: 'zone-of-a' }],
    });
  });

  it('calls every Pod ready where the Service publishes unready ones', () => {
    const eager = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
    expect(endpointGroups(eager, [pod({ ip: '10.0.0.1', spec })], view)[0]!.endpoints[0]!.conditions!.ready).toBe(true);
  });

  it('leaves out Pods without an address and finished ones', () => {
    expect(endpointGroups(service, [pod(), pod({ ip: '10.0.0.1', phase: 'Failed' })], view)[0]!.endpoints).toEqual([]);
  });

  it('leaves out a named port that the Pod does not have', () => {
    expect(portsOf(service, pod())).toEqual([]);
  });
});
