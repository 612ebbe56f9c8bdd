/** Ports that Pods claim on their host, and when two claims collide. */
import type { core } from '../../kube/index.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const ANY_IP = '0.0.0.0';

/** Claims of the containers that live as long as the Pod; on the host's network every port is the host's. */
export function hostPorts(spec: core.PodSpec): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...(spec.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, containerPort, hostIP, protocol }) => {
    const port = hostPort || (spec.hostNetwork ? containerPort : 0);
    return port > 0 ? [{ ip: hostIP || ANY_IP, protocol: protocol || 'TCP', port }] : [];
  });
}

/** The claims on one host, counted, so that what two Pods claim is free only when both are gone. */
export class UsedPorts {
  readonly #counts = new Map<string, number>();

  add(ports: readonly HostPort[], times: 1 | -1): void {
    for (const port of ports) {
      const key = keyOfPort(port);
      const count = (this.#counts.get(key) ?? 0) + times;
      if (count === 0) this.#counts.delete(key);
      else this.#counts.set(key, count);
    }
  }

  /** Same port and protocol on the same address; 0.0.0.0 is every address. */
  conflictsWith(ports: readonly HostPort[]): boolean {
    return this.#counts.size > 0 && ports.some((port) => this.#taken(port));
  }

  copy(): UsedPorts {
    const copy = new UsedPorts();
    for (const [key, count] of this.#counts) copy.#counts.set(key, count);
    return copy;
  }

  toJSON(): [string, number][] {
    return [...this.#counts].sort();
  }

  #taken(wanted: HostPort): boolean {
    if (wanted.ip !== ANY_IP) {
      return this.#counts.has(keyOfPort(wanted)) || this.#counts.has(keyOfPort({ ...wanted, ip: ANY_IP }));
    }
    const prefix = `${wanted.protocol}/${wanted.port}/`;
    return this.#counts.keys().some((key) => key.startsWith(prefix));
  }
}

function keyOfPort({ ip, protocol, port }: HostPort): string {
  return `${protocol}/${port}/${ip}`;
}
