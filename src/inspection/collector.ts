/** The collector's text, with what a site has otherwise said at its head. */
import { readFileSync } from 'node:fs';
import { shellWord } from '../shell/index.ts';
import type { CollectorSettings } from './settings.ts';

const VARIABLES: Readonly<Record<keyof CollectorSettings, string>> = {
  export: 'JDOS_EXPORT',
  kubelet: 'JDOS_KUBELET',
  cadvisor: 'JDOS_CADVISOR',
  agent: 'JDOS_AGENT',
  nics: 'JDOS_NICS',
  plugins: 'JDOS_PLUGINS',
  kubeletUrl: 'JDOS_KUBELET_URL',
  cadvisorUrl: 'JDOS_CADVISOR_URL',
};

export const COLLECTOR_FILE = new URL('./collector.sh', import.meta.url);

let text: string | undefined;

/** To be given to a shell on its stdin. Every value is quoted: what it holds is never run. */
export function collectorScript(settings: CollectorSettings = {}): string {
  text ??= readFileSync(COLLECTOR_FILE, 'utf8');
  const lines = Object.entries(settings).map(
    ([key, value]) => `${VARIABLES[key as keyof CollectorSettings]}=${shellWord(value.replaceAll('\0', ''))}`,
  );
  return [...lines, text].join('\n');
}
