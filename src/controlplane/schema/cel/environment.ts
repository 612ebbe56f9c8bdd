/** The CEL environment of Kubernetes 1.35: the language with optionals, and the functions of its libraries. */
import { Environment } from '@marcbachmann/cel-js';
import { ADDRESSES } from './library/addresses.ts';
import { FORMATS_LIBRARY } from './library/formats.ts';
import { addLibrary } from './library/library.ts';
import { LISTS } from './library/lists.ts';
import { QUANTITIES } from './library/quantities.ts';
import { SEMVERS } from './library/semvers.ts';
import { STRINGS } from './library/strings.ts';
import { URLS } from './library/urls.ts';
import { addPairMacros } from './pair-macros.ts';
import { addPresence } from './presence.ts';

let base: Environment | undefined;

/** A fresh copy to which types and variables may be added. */
export function celEnvironment(): Environment {
  base ??= build();
  return base.clone();
}

function build(): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  for (const library of [LISTS, STRINGS, URLS, ADDRESSES, QUANTITIES, SEMVERS, FORMATS_LIBRARY]) {
    addLibrary(environment, library);
  }
  for (const op of ['<', '<=', '>', '>='] as const) {
    environment.registerOperator(`bytes ${op} bytes`, (a: Uint8Array, b: Uint8Array) =>
      ordered(op, Buffer.compare(a, b)),
    );
  }
  environment.registerOperator('optional<list<string>> == null', () => false);
  addPairMacros(environment);
  addPresence(environment);
  return environment;
}

function ordered(op: '<' | '<=' | '>' | '>=', order: number): boolean {
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}
