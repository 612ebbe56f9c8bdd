/** What the plugin on the host asks: lines NAME=value, an empty line, the network configuration. */
import { CniError } from './answer.ts';

export type CniCommand = 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC';
const COMMANDS: readonly string[] = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'] satisfies CniCommand[];

export interface NetworkConfig {
  readonly cniVersion: string;
  readonly name: string;
  /** The interface that Pods are reached through: `master` of macvlan, `bridge` of bridge. */
  readonly device?: string;
  /** Pods without a claim get one from this pool. */
  readonly pool?: string;
  /** Addresses of an earlier ADD, without their prefix. */
  readonly previous: readonly string[];
  /** Keys of all attachments that are alive; of GC only. */
  readonly alive?: ReadonlySet<string>;
}

export interface CniRequest {
  readonly command: CniCommand;
  readonly containerID: string;
  readonly ifname: string;
  readonly namespace: string;
  readonly pod: string;
  /** Empty where the runtime does not tell it. */
  readonly podUID: string;
  readonly config: NetworkConfig;
}

/** @throws CniError */
export function parseRequest(text: string): CniRequest {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new CniError('decode', 'the request has no empty line after its variables');
  const variables = new Map(text.slice(0, end).split('\n').map(pair));
  const command = variables.get('CNI_COMMAND') ?? '';
  if (!COMMANDS.includes(command))
    throw new CniError(
      'environment',
      `CNI_COMMAND ${JSON.stringify(command)}: expected ${COMMANDS.join(', ')} or VERSION`,
    );
  const args = new Map((variables.get('CNI_ARGS') ?? '').split(';').map(pair));
  return {
    command: command as CniCommand,
    containerID: variables.get('CNI_CONTAINERID') ?? '',
    ifname: variables.get('CNI_IFNAME') ?? 'eth0',
    namespace: args.get('K8S_POD_NAMESPACE') ?? '',
    pod: args.get('K8S_POD_NAME') ?? '',
    podUID: args.get('K8S_POD_UID') ?? '',
    config: parseConfig(text.slice(end + 2)),
  };
}

/** The key of an attachment, and the name of its files. */
export function attachmentKey({ containerID, ifname }: Pick<CniRequest, 'containerID' | 'ifname'>): string {
  return `${containerID}.${ifname}`;
}

function parseConfig(text: string): NetworkConfig {
  const config = record(decode(text));
  const ipam = record(config.ipam);
  const device = word(config.master) ?? word(config.bridge);
  const pool = word(ipam.pool);
  const attachments = config['cni.dev/valid-attachments'];
  return {
    cniVersion: word(config.cniVersion) ?? '0.2.0',
    name: word(config.name) ?? '',
    ...(device && { device }),
    ...(pool && { pool }),
    previous: listOf(record(config.prevResult).ips).map((ip) => (word(record(ip).address) ?? '').replace(/\/.*$/, '')),
    ...(Array.isArray(attachments) && { alive: new Set(attachments.map(attachment)) }),
  };
}

function attachment(value: unknown): string {
  const { containerID, ifname } = record(value);
  return `${word(containerID) ?? ''}.${word(ifname) ?? ''}`;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CniError('decode', 'the network configuration is no JSON', { cause });
  }
}

function pair(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
