/** What `jdos up` says when everything is ready. */
import { homedir } from 'node:os';
import type { Instance } from '../instance.ts';
import { OWN_SCHEDULER } from './own-scheduler.ts';

export function banner(instance: Instance, seconds: number, firstPassword?: string): string {
  return `
JDOS is ready after ${seconds.toFixed(1)} s.

  Kubernetes API   ${instance.apiUrl}
  console          ${instance.consoleUrl}${firstPassword ? firstSignIn(firstPassword) : ''}
  stop             Ctrl-C, or: jdos down

In another terminal:

  export KUBECONFIG=${tilde(instance.kubeconfig)}

and then, to begin with:

  kubectl get nodes -L topology.kubernetes.io/zone
  kubectl create deployment web --image=nginx --replicas=3
  kubectl get pods -o wide --watch
`;
}

/** Shown once: whoever signs in with it must choose another. */
function firstSignIn(password: string): string {
  return `\n                   first sign-in: admin, password: ${password}`;
}

/** The same for a JDOS that runs beside an existing cluster. */
export function attachedBanner(instance: Instance, seconds: number, firstPassword?: string): string {
  return `
JDOS is attached after ${seconds.toFixed(1)} s.

  Kubernetes API   ${instance.apiUrl}
  console          ${instance.consoleUrl}${firstPassword ? firstSignIn(firstPassword) : ''}
  stop             Ctrl-C, or: jdos down

Its scheduler places the Pods that ask for it:

  spec: { schedulerName: ${OWN_SCHEDULER} }
`;
}

function tilde(path: string): string {
  const home = `${homedir()}/`;
  return path.startsWith(home) ? `~/${path.slice(home.length)}` : path;
}
