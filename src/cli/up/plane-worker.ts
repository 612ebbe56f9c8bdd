/** The thread of the API server. */
import { type ControlPlane, startControlPlane } from '../../controlplane/index.ts';
import { readKubeletFile } from './kubelet-file.ts';
import { IDENTITIES, type PlaneInfo, type PlaneInput } from './parts.ts';
import { livePart } from './worker-life.ts';

await livePart<PlaneInput, PlaneInfo>('api', async ({ input, log }) => {
  const onError = (error: unknown, path: string) => log.error({ err: error, path }, 'request failed');
  const kubelet = () => readKubeletFile(input.dataDir);
  const plane = await startControlPlane({ ...input, kubelet, onError });
  return { info: await infoOf(plane), stop: () => plane.stop() };
});

async function infoOf(plane: ControlPlane): Promise<PlaneInfo> {
  const issue = ({ user, groups }: (typeof IDENTITIES)[keyof typeof IDENTITIES]) => plane.kubeconfigFor(user, groups);
  return {
    url: plane.url,
    rootCertificate: plane.caPem,
    kubeconfigs: {
      admin: plane.adminKubeconfig,
      controllers: await issue(IDENTITIES.controllers),
      scheduler: await issue(IDENTITIES.scheduler),
      fleet: await issue(IDENTITIES.fleet),
      jdos: await issue(IDENTITIES.jdos),
    },
  };
}
