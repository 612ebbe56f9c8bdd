import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, type Pod } from '../../../src/kube/index.ts';
import { NAMESPACE, type RealCluster, statusOf } from '../real-cluster.ts';
import { until } from '../until.ts';

const REVISION = 'example.com/revision';

/** `subPathExpr` with a variable that an annotation feeds: a file that stands still until its container is made anew. */
export function frozenFiles(cluster: () => RealCluster): void {
  describe.concurrent('a file mounted by subPathExpr with a variable from an annotation', () => {
    it('stays as it was while its container lives, whatever happens to its revision and to the ConfigMap', async () => {
      await start('still');
      await move('still', 'r2');
      await write('still', { 'r1.conf': 'one, changed', 'r2.conf': 'two' });
      await shows('still', '/hub/r1.conf', 'one, changed');
      expect(await file('still')).toBe('one');
    });

    it('is of the same revision after a crash', async () => {
      await start('crash');
      await cluster().crash('crash', 1);
      expect(await file('crash')).toBe('one');
    });

    it('is of the new revision after a rebuild that one patch of annotation and image asked for', async () => {
      await start('rebuild');
      await rebuild('rebuild', 'r2', 1);
      expect(await file('rebuild')).toBe('two');
      expect(await cluster().exec('rebuild', 'sh', '-c', 'echo $REVISION')).toBe('r2\n');
      await cluster().crash('rebuild', 2);
      expect(await file('rebuild')).toBe('two');
    });

    it('moves with a crash too, once the annotation has moved', async () => {
      await start('early');
      await move('early', 'r2');
      await shows('early', '/pod/revision', 'r2');
      await cluster().crash('early', 1);
      expect(await file('early')).toBe('two');
    });

    it('shows what its revision says by then after a crash, so a revision must never be changed', async () => {
      await start('edited');
      await write('edited', { 'r1.conf': 'one, changed' });
      await shows('edited', '/hub/r1.conf', 'one, changed');
      await cluster().crash('edited', 1);
      expect(await file('edited')).toBe('one, changed');
    });

    it('is a directory when its revision is missing, and for ever, though the revision comes later', async () => {
      const kind = () => cluster().exec('missing', 'stat', '-c', '%F', '/etc/app.conf');
      await start('missing');
      await rebuild('missing', 'r9', 1);
      expect(await kind()).toBe('directory\n');
      await write('missing', { 'r8.conf': 'eight', 'r9.conf': 'nine' });
      await shows('missing', '/hub/r8.conf', 'eight');
      await cluster().crash('missing', 2);
      expect(await kind()).toBe('directory\n');
    });

    it('cannot be a file again in a Pod where it was a directory, so that the container does not start', async () => {
      await start('spoilt');
      await rebuild('spoilt', 'r9', 1);
      await move('spoilt', 'r2');
      await shows('spoilt', '/pod/revision', 'r2');
      await cluster().kill('spoilt');
      const unable = (pod: Pod) => statusOf(pod, 'app').state?.waiting?.reason === 'CreateContainerConfigError';
      await cluster().see('spoilt', unable, 'be unable to start');
      await move('spoilt', 'r9');
      await cluster().restarted('spoilt', 2);
    });

    async function start(name: string): Promise<void> {
      await cluster().client.create(CONFIG_MAPS, {
        metadata: { name, namespace: NAMESPACE },
        data: { 'r1.conf': 'one', 'r2.conf': 'two' },
      });
      const fieldRef = { fieldPath: `metadata.annotations['${REVISION}']` };
      const env = [{ name: 'REVISION', valueFrom: { fieldRef } }];
      const volumeMounts = [
        { name: 'hub', mountPath: '/etc/app.conf', subPathExpr: '$(REVISION).conf' },
        { name: 'hub', mountPath: '/hub' },
        { name: 'pod', mountPath: '/pod' },
      ];
      const { tagged } = cluster().node.app.v1;
      const spec = {
        volumes: [
          { name: 'hub', configMap: { name } },
          { name: 'pod', downwardAPI: { items: [{ path: 'revision', fieldRef }] } },
        ],
        containers: [{ name: 'app', image: tagged, env, volumeMounts }],
      };
      await cluster().run(name, spec, { annotations: { [REVISION]: 'r1' } });
    }

    const file = (name: string) => cluster().exec(name, 'cat', '/etc/app.conf');

    const move = (name: string, revision: string) =>
      cluster().patch(name, { metadata: { annotations: { [REVISION]: revision } } });

    const write = (name: string, data: Record<string, string>) =>
      cluster().client.patch(CONFIG_MAPS, name, { kind: 'merge', body: { data } }, { namespace: NAMESPACE });

    async function rebuild(name: string, revision: string, restarts: number): Promise<void> {
      const containers = [{ name: 'app', image: cluster().node.app.v1.pinned }];
      await cluster().patch(name, { metadata: { annotations: { [REVISION]: revision } }, spec: { containers } });
      await cluster().restarted(name, restarts);
    }

    /** The whole ConfigMap is mounted too, and the annotation: so one knows that the kubelet has seen them. */
    async function shows(name: string, path: string, text: string): Promise<void> {
      const shown = async () => (await cluster().exec(name, 'sh', '-c', `cat ${path} || true`)) === text;
      await until(shown, `${path} in Pod ${name} to say ${text}`);
    }
  });
}
