import { loadKubeconfig } from '../../src/kube/index.ts';
import { kubeClientBehaviour } from '../conformance/kube-client.ts';
import { startRealControlPlane } from './real-control-plane.ts';

kubeClientBehaviour('the kube client on a real kube-apiserver', async () => {
  const real = await startRealControlPlane({ controllers: false });
  return { target: await loadKubeconfig({ path: real.kubeconfig }), stop: () => real.stop() };
});
