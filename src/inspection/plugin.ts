/**
 * Checks that a site has written: executables on the host that end with 0 (well), 1 (not well) or 2 (unknown) and say a
 * line, as plugins of node-problem-detector do.
 */
import { type Check, found } from './check.ts';
import { type Facts, Unreadable } from './facts.ts';

export const PLUGIN = 'plugin:';

/** Those that ran on the host. */
export function pluginsIn(facts: Facts): Check[] {
  return facts
    .names()
    .filter((name) => name.startsWith(PLUGIN))
    .map((name) => pluginCheck(name));
}

export function isPlugin(id: string): boolean {
  return id.startsWith(PLUGIN);
}

export function pluginCheck(id: string): Check {
  const name = id.slice(PLUGIN.length);
  return {
    id,
    name: { zh: `${name}检查`, en: name },
    remedy: { zh: `见脚本 ${name} 的说明。`, en: `See what the script ${name} says of itself.` },
    findings: { said: { zh: '{output}', en: '{output}' } },
    limits: {},
    judge({ facts }) {
      const output = facts.text(id, 'output') ?? '';
      const code = facts.number(id, 'exit');
      if (code === 0) return found('info', 'said', { output }, code);
      if (code === 1) return found('alarm', 'said', { output }, code);
      throw new Unreadable(id, code === 2 ? 'the script does not know' : `the script ended with ${code}`, output);
    },
  };
}
