/** The stage files that come with the fleet, or others in their place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINER_EFFECTS } from './container-effects.ts';
import { CONTAINER_FACTS } from './container-facts.ts';
import { POD_EFFECTS } from './pod-effects.ts';
import { POD_FACTS } from './pod-facts.ts';
import { parseStages, type Stage, type Vocabulary } from './stage.ts';

/** The words of the stage language. */
export const VOCABULARY: Readonly<Record<'pod' | 'container', Vocabulary>> = {
  pod: wordsOf(POD_FACTS, POD_EFFECTS),
  container: wordsOf(CONTAINER_FACTS, CONTAINER_EFFECTS),
};

/** All stages of `directory`, files in the order of their names. Stages of one track must stand in one file. */
export function loadStages(directory: string = join(import.meta.dirname, 'stages')): readonly Stage[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  return files.sort().flatMap((file) => parseStages(readFileSync(join(directory, file), 'utf8'), file, VOCABULARY));
}

function wordsOf(facts: object, effects: object): Vocabulary {
  return { facts: new Set(Object.keys(facts)), effects: new Set(Object.keys(effects)) };
}
