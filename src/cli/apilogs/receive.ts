/** `jdos apilogs receive`: the endpoint that API servers send their audit events to. */
import { mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { parseSeconds } from '../seconds.ts';
import { stopSignal } from '../up/stop-signal.ts';
import { addKeep, type KeepOptions, keepOf, size } from './keep.ts';
import { type OriginOptions, originOf } from './origin.ts';
import { addStore, storeOf } from './store.ts';
import { tell } from './told.ts';

interface ReceiveCommand extends OriginOptions, KeepOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly serverName: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly tokenFile?: string;
  readonly every: number;
  readonly spoolBytes: number;
}

export function defineReceive(command: Command): void {
  addKeep(addStore(command))
    .option('--listen <host:port>', 'where; port 0 is any that is free', address, address('127.0.0.1:8448'))
    .option(
      '--server-name <names...>',
      'names and addresses under which API servers reach it (default: where it listens)',
      [],
    )
    .option('--tls-cert <file>', 'certificate, PEM (default: one of its own is made)')
    .option('--tls-key <file>', 'its key')
    .option('--client-ca <file>', 'API servers show a certificate of this authority, instead of a token')
    .option('--token-file <file>', 'the token that API servers show (default: one is made)')
    .option('--every <time>', 'what came is taken in so often', parseSeconds, 10)
    .option('--spool-bytes <size>', 'so much may wait; then API servers are told to come again', size, 1e9)
    .option('--cluster <name>', 'the cluster that they are of', 'default')
    .option('--apiserver <name>', 'the API server, if it is one alone')
    .action(run);
}

async function run(options: ReceiveCommand): Promise<void> {
  const { receive, receiverCredentials, writeWebhookConfig } = await import('../../apilogs/index.ts');
  const dir = storeOf(options);
  const { host, port } = options.listen;
  const names = options.serverName.length > 0 ? options.serverName : namesOf(host);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const own = await receiverCredentials(dir, names);
  const tls = tlsOf(options) ?? own.tls;
  const token = tokenOf(options) ?? (options.clientCa ? undefined : own.token);
  const keep = keepOf(options);
  const webhook = join(dir, 'webhook.kubeconfig');
  const listening = (at: number) => {
    const url = `https://${isIP(names[0]!) === 6 ? `[${names[0]}]` : names[0]}:${at}/`;
    writeWebhookConfig(webhook, { url, ca: tls.cert, ...(token && { token }) });
    process.stderr.write(`receiving at ${url}; kube-apiserver --audit-webhook-config-file=${webhook}\n`);
  };
  await receive({
    ...originOf(options),
    host,
    port,
    tls,
    ...(token && { token }),
    ...(options.clientCa && { clientCa: readFileSync(options.clientCa, 'utf8') }),
    ...(keep && { tidy: { keep } }),
    everyMs: options.every * 1000,
    maxSpool: options.spoolBytes,
    signal: stopSignal(),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
    onEvent: (event) => (event.kind === 'listening' ? listening(event.port) : tell(event)),
  });
}

function tokenOf({ tokenFile }: ReceiveCommand): string | undefined {
  return tokenFile ? readFileSync(tokenFile, 'utf8').trim() : undefined;
}

function tlsOf({ tlsCert, tlsKey }: ReceiveCommand): { key: string; cert: string } | undefined {
  if (!tlsCert && !tlsKey) return undefined;
  if (!tlsCert || !tlsKey) throw new JdosError('JDOS_ERR_USAGE', { detail: 'expected both --tls-cert and --tls-key' });
  return { cert: readFileSync(tlsCert, 'utf8'), key: readFileSync(tlsKey, 'utf8') };
}

/** Who listens on all addresses has to say under which of them it is reached. */
function namesOf(host: string): string[] {
  if (host === '127.0.0.1' || host === 'localhost') return ['127.0.0.1', 'localhost'];
  if (host === '0.0.0.0' || host === '::')
    throw new JdosError('JDOS_ERR_USAGE', {
      detail: 'expected --server-name: the name under which API servers reach this machine',
    });
  return [host];
}

function address(text: string): { host: string; port: number } {
  const match = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text);
  if (!match?.[1] || Number(match[2]) > 65_535)
    throw new InvalidArgumentError('expected an address such as 127.0.0.1:8448.');
  return { host: match[1], port: Number(match[2]) };
}
