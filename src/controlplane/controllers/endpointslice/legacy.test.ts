import { expect, it } from 'vitest';
import { meta, pod } from '../../../control/fixture.ts';
import { endpointGroups } from '../../../control/index.ts';
import type { Service } from '../../../kube/index.ts';
import { endpointsContent } from './legacy.ts';

const service: Service = {
  metadata: meta('web'),
  spec: { selector: { app: 'web' }, clusterIP: '10.1.0.1', ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};
const spec = { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] };

it('groups by ports, and splits the older object into ready and not ready', () => {
  const pods = [
    pod({ ip: '10.0.0.1', ready: true, spec }),
    pod({ ip: '10.0.0.2', spec }),
    pod({ ip: '10.0.0.3', ready: true, leaving: true, spec }),
  ];
  const { subsets } = endpointsContent(service, endpointGroups(service, pods, { zoneOf: () => undefined }));
  expect(subsets).toMatchObject([
    {
      addresses: [{ ip: '10.0.0.1' }],
      notReadyAddresses: [{ ip: '10.0.0.2' }],
      ports: [{ name: 'http', port: 8080 }],
    },
  ]);
});
