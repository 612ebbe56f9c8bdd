export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
export { type ControllerName, type ControllersOptions, startControllers } from './controllers/index.ts';
export type { KubeletAddress } from './handlers/kubelet.ts';
