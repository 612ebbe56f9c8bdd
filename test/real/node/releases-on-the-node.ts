/** Releases of Groups whose containers run. */
import { describe, expect, it } from 'vitest';
import { ReleaseSubject } from '../../e2e/groups/release-subject.ts';
import { identities, type Place, restarts, running } from './a-group.ts';

const manual = { pause: {} };

export function releasesOnTheNode(place: () => Place): void {
  describe.concurrent('a Release on a real node', () => {
    it('G1 G2 G6 updates one Pod and waits; goes on when approved; a paused one goes back when aborted', async () => {
      const { v1, v2 } = place().cluster.node.app;
      const web = await running(place(), 'g1', { replicas: 3 });
      const before = identities(web);
      const release = new ReleaseSubject(place().stage, web);
      await release.create([{ replicas: 1, ...manual }, { replicas: 2, ...manual }, { replicas: '100%' }]);
      await release.until(({ message }) => message?.startsWith('Nothing to release') === true, 'armed');
      await web.image(v2.tagged);
      await release.waitsAt(1);
      const updated = () => web.images().filter((image) => image === v2.tagged).length;
      expect(updated()).toBe(1);
      await release.request('approve');
      await release.waitsAt(2);
      expect(updated()).toBe(2);
      await release.request('pause');
      await release.request('abort');
      await release.phase('RolledBack');
      expect(web.images()).toEqual([v1.tagged, v1.tagged, v1.tagged]);
      expect(identities(web)).toEqual(before);
      expect(restarts(web).toSorted()).toEqual([0, 2, 2]);
    });
  });
}
