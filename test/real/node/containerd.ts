/** containerd, as Debian packages it, inside the host of a real node, with the images tests use. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProgram } from '../process.ts';
import { until } from '../until.ts';
import type { Host } from './host.ts';
import { type Image, makeImages } from './image.ts';

/** The image of every Pod's sandbox: it waits, and buries children that lost their parents. */
const PAUSE = {
  reference: 'jdos.test/pause:1',
  command: ['/bin/sh', '-c', 'trap "exit 0" TERM INT; sleep 2147483647 & wait'],
};

/** Says which version it is, then lives until it is told to end. */
function app(version: string) {
  const command = ['/bin/sh', '-c', 'trap "exit 0" TERM INT; echo "app $VERSION"; sleep 2147483647 & wait'];
  return { reference: `jdos.test/app:${version}`, command, env: { VERSION: version } };
}

export interface Containerd {
  /** Versions one and two of the application that tests run. */
  readonly app: { readonly v1: Image; readonly v2: Image };
  readonly program: RunningProgram;
}

/** Who gives the Pods their addresses. */
export interface AddressPlugin {
  /** Its place in the network's configuration. */
  readonly config: { readonly type: string };
  /** Path of the program. */
  readonly program: string;
}

export async function startContainerd(host: Host, addresses?: AddressPlugin): Promise<Containerd> {
  const network = join(host.directory, 'cni');
  mkdirSync(network);
  const ipam = addresses?.config ?? localAddresses(host.podCidr);
  writeFileSync(join(network, '10-jdos.conflist'), JSON.stringify(networkConfig(ipam)));
  const config = join(host.directory, 'containerd.toml');
  writeFileSync(config, containerdConfig(network, collectPlugins(host, addresses)));
  const program = host.start('/usr/bin/containerd', '--config', config);
  const answers = () => host.run('ctr', 'version').then(Boolean, () => false);
  await Promise.race([until(answers, 'containerd to answer'), program.failure()]);
  const { archive, images } = makeImages(host.directory, [PAUSE, app('v1'), app('v2')]);
  await host.run('ctr', '-n', 'k8s.io', 'images', 'import', archive);
  return { app: { v1: images[1]!, v2: images[2]! }, program };
}

/** State and sockets are where they always are, since the host has /var and /run of its own. */
function containerdConfig(network: string, plugins: string): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE.reference}"
  disable_apparmor = true
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${network}"
`;
}

/** The folder of the plugins: the machine's own, or all of them beside one more. */
function collectPlugins(host: Host, addresses: AddressPlugin | undefined): string {
  const own = ['/usr/lib/cni', '/opt/cni/bin'].find((path) => existsSync(path))!;
  if (!addresses) return own;
  const all = join(host.directory, 'cni-bin');
  mkdirSync(all);
  for (const name of readdirSync(own)) symlinkSync(join(own, name), join(all, name));
  symlinkSync(addresses.program, join(all, addresses.config.type));
  return all;
}

const localAddresses = (subnet: string) => ({
  type: 'host-local',
  ranges: [[{ subnet }]],
  routes: [{ dst: '0.0.0.0/0' }],
});

function networkConfig(ipam: object) {
  return {
    cniVersion: '1.0.0',
    name: 'jdos',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam,
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}
