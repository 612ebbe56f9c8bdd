import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from './exit.ts';
import { COMMANDS, programFor } from './program.ts';
import { parseSeconds } from './seconds.ts';

const docs = (name: string) => readFileSync(new URL(`../../docs/commands/${name}.md`, import.meta.url), 'utf8');

describe('the commands', () => {
  it('have one page each, which names every option', async () => {
    const program = await programFor([], true);
    for (const { name } of COMMANDS) {
      const page = docs(name);
      const commands = [program.commands.find((command) => command.name() === name)!];
      for (const command of commands) {
        commands.push(...command.commands);
        for (const option of command.options) {
          if (option.long !== '--help') expect(page, `${name}: ${option.long}`).toContain(option.long);
        }
      }
    }
  });

  it('have their exit codes on the page of commands', () => {
    const codes = [...docs('README').matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
    expect(codes).toEqual(Object.values(EXIT));
  });
});

it('durations are seconds or carry their unit', () => {
  expect(['90', '1.5s', '5m', '2h'].map(parseSeconds)).toEqual([90, 1.5, 300, 7200]);
  for (const bad of ['', 'm', '-1', '5 m', '1d']) expect(() => parseSeconds(bad)).toThrow('expected seconds');
});
