import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { refusedChanges, takenChanges } from './change-cases.ts';
import { pod, service, set, updated, words, workload } from './fixture.ts';

describe('a change', () => {
  it.each(refusedChanges)('of a %s is refused %#', (kind, draft, change, refusal) => {
    expect(words(updated(kind, draft, change).errors)).toBe(refusal);
  });

  it.each(takenChanges)('is taken: %s', (_what, kind, draft, change) => {
    expect(words(updated(kind, draft, change).errors)).toBe('');
  });
});

describe('spec and status keep apart', () => {
  it.each(['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Node'])('for a %s', (kind) => {
    const draft = kind === 'Pod' ? pod() : kind === 'Node' ? {} : workload();
    const both = (o: Json) => {
      o.spec.paused = true;
      o.status.note = 'x';
    };
    const main = updated(kind, draft, both).object;
    expect(main.spec.paused).toBe(true);
    expect(main.status).not.toHaveProperty('note');
    const status = updated(kind, draft, both, 'status').object;
    expect(status.spec).not.toHaveProperty('paused');
    expect(status.status.note).toBe('x');
  });

  it('a status that names one address of a Pod names all', () => {
    const { object } = updated('Pod', pod(), set('status', { podIP: '10.0.0.1', hostIP: '10.1.0.1' }), 'status');
    expect(object.status).toEqual({
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }],
      hostIP: '10.1.0.1',
      hostIPs: [{ ip: '10.1.0.1' }],
      qosClass: 'BestEffort',
    });
  });

  it('a Namespace is finalized on its own path only', () => {
    const clear = set('spec.finalizers', []);
    expect(updated('Namespace', {}, clear).object.spec.finalizers).toEqual(['kubernetes']);
    expect(updated('Namespace', {}, clear, 'finalize').object.spec.finalizers).toEqual([]);
  });

  it('a Service that no longer needs node ports gives them back', () => {
    const draft = service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] });
    const { object } = updated('Service', draft, set('spec.type', 'ClusterIP'));
    expect(object.spec.ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP' }]);
    expect(object.spec).not.toHaveProperty('externalTrafficPolicy');
  });
});
