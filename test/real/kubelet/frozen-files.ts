import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../../src/kube/index.ts';
import { NAMESPACE, type RealCluster } from '../real-cluster.ts';
import { until } from '../until.ts';

const REVISION = 'example.com/revision';

/** `subPathExpr` with a variable that an annotation feeds: a file that stands still until its container is made anew. */
export function frozenFiles(cluster: () => RealCluster): void {
  describe.concurrent('a file mounted by subPathExpr with a variable from an annotation', () => {
    it('stays as it was while its container lives, whatever happens to its revision and to the ConfigMap', async () => {
      await start('still');
      await move('still', 'r2');
      await write('still', { 'r1.conf': 'one, changed', 'r2.conf': 'two' });
      await hubShows('still', 'r1.conf', 'one, changed');
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
      await cluster().crash('early', 1);
      expect(await file('early')).toBe('two');
    });

    it('shows what its revision says by then after a crash, so a revision must never be changed', async () => {
      await start('edited');
      await write('edited', { 'r1.conf': 'one, changed' });
      await hubShows('edited', 'r1.conf', 'one, changed');
      await cluster().crash('edited', 1);
      expect(await file('edited')).toBe('one, changed');
    });

    it('is a directory when its revision is missing, and for ever, though the revision comes later', async () => {
      const kind = () => cluster().exec('missing', 'stat', '-c', '%F', '/etc/app.conf');
      await start('missing');
      await rebuild('missing', 'r9', 1);
      expect(await kind()).toBe('directory\n');
      await write('missing', { 'r8.conf': 'eight', 'r9.conf': 'nine' });
      await hubShows('missing', 'r8.conf', 'eight');
      await cluster().crash('missing', 2);
      expect(await kind()).toBe('directory\n');
      await move('missing', 'r8');
      await cluster().crash('missing', 3);
      expect(await file('missing')).toBe('eight');
    });

    async function start(name: string): Promise<void> {
      await cluster().client.create(CONFIG_MAPS, {
        metadata: { name, namespace: NAMESPACE },
        data: { 'r1.conf': 'one', 'r2.conf': 'two' },
      });
      const env = [{ name: 'REVISION', valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${REVISION}']` } } }];
      const volumeMounts = [
        { name: 'hub', mountPath: '/etc/app.conf', subPathExpr: '$(REVISION).conf' },
        { name: 'hub', mountPath: '/hub' },
      ];
      const { tagged } = cluster().node.app.v1;
      const spec = {
        volumes: [{ name: 'hub', configMap: { name } }],
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

    /** The whole ConfigMap is mounted too: so one knows that the kubelet has seen it. */
    async function hubShows(name: string, key: string, text: string): Promise<void> {
      const shown = async () => (await cluster().exec(name, 'sh', '-c', `cat /hub/${key} || true`)) === text;
      await until(shown, `${key} in Pod ${name} to say ${text}`, 120_000);
    }
  });
}
