/** Frozen configuration in containers that run: what a file says, and when it says something else. */
import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../../src/kube/index.ts';
import { container, type Loose, type Subject } from '../../e2e/groups/world.ts';
import { NAMESPACE } from '../real-cluster.ts';
import { identities, type Place, restarts, running } from './a-group.ts';

const at = { namespace: NAMESPACE };

export function frozenConfigs(place: () => Place): void {
  const until: Place['stage']['until'] = (...a) => place().stage.until(...a);

  describe.concurrent('frozen configuration on a real node', () => {
    it('C1 C2 C3 a new source reaches a container by a rebuild only, not by time and not by a crash', async () => {
      await source('c1', 'v1');
      const web = await running(place(), 'c1', { ...frozen('c1'), ...paused(true) });
      const before = identities(web);
      expect(await read('c1-0')).toBe('v1');
      await source('c1', 'v2');
      const hub = async () => Object.values((await place().cluster.client.get(CONFIG_MAPS, 'c1-cfg', at)).data ?? {});
      await until(hub, (texts) => texts.includes('v2'), 'the new revision in the hub');
      expect(await read('c1-0')).toBe('v1');
      await place().cluster.kill('c1-0', 'main');
      const crashes = await restarted(web);
      expect(await read('c1-0')).toBe('v1');
      await web.patch(paused(false));
      await web.settled();
      expect(await read('c1-0')).toBe('v2');
      expect(identities(web)).toEqual(before);
      expect(restarts(web)[0]).toBeGreaterThan(crashes);
    });

    it('C5 a canary reads the new file, the others the old one; the way back restores it', async () => {
      await source('c5', 'old');
      const rolling = (partition: number) => ({ updateStrategy: { rollingUpdate: { partition, maxUnavailable: 2 } } });
      const web = await running(place(), 'c5', { replicas: 2, ...frozen('c5'), ...rolling(1) });
      await source('c5', 'new');
      await until(
        () => web.get(),
        ({ status }) => status?.updatedReplicas === 1,
        'the canary',
      );
      await web.settled();
      const all = () => Promise.all(web.names().map(read));
      expect((await all()).toSorted()).toEqual(['new', 'old']);
      await web.patch(rolling(2));
      await web.settled();
      expect(await all()).toEqual(['old', 'old']);
    });

    it('C9 a mutable variable has its new value in the rebuilt container, with the same Pod', async () => {
      const main = (value: string) =>
        container('main', place().cluster.node.app.v1.tagged, { env: [{ name: 'FEATURE_X', value }] });
      const mutableEnv = [{ container: 'main', names: ['FEATURE_X'] }];
      const web = await running(place(), 'c9', { mutableEnv }, { containers: [main('off')] });
      const before = identities(web);
      await web.containers(main('on'));
      await web.settled();
      expect(await place().cluster.exec('c9-0', 'sh', '-c', 'echo $FEATURE_X')).toBe('on\n');
      expect([identities(web), restarts(web)]).toEqual([before, [1]]);
    });

    const source = (name: string, text: string) =>
      place().cluster.client.patch(
        CONFIG_MAPS,
        name,
        {
          kind: 'apply',
          body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'app.yaml': text } },
          force: true,
        },
        { ...at, fieldManager: 'test' },
      );
    const read = (pod: string) => place().cluster.exec(pod, 'cat', '/etc/app/app.yaml');
    /** How often so far: a kubelet that renews the volume in that moment fails once to start the container, and tries again. */
    const restarted = async (web: Subject): Promise<number> => {
      const seen = await until(
        () => web.pod(0)?.status?.containerStatuses?.[0],
        (now) => (now?.restartCount ?? 0) > 0 && now?.ready === true,
        'the restart',
      );
      return seen!.restartCount;
    };
  });
}

const paused = (is: boolean) => ({ updateStrategy: { rollingUpdate: { paused: is } } });

function frozen(name: string): Loose {
  const files = ['app.yaml'];
  return {
    staticConfigs: [{ name: 'app', configMapRef: { name }, containers: ['main'], mountPath: '/etc/app', files }],
  };
}
