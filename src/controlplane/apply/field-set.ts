/** Sets of paths into an object, as trees: the algebra of field ownership. All operations leave their arguments alone. */
import { compareElements, type PathElement } from './path-element.ts';

/** A place in the tree. Below it there are no empty places. */
export interface FieldSet {
  /** Is the path that leads here in the set? */
  readonly self: boolean;
  readonly below: ReadonlyMap<PathElement, FieldSet>;
}

export const EMPTY: FieldSet = Object.freeze({ self: false, below: new Map() });
/** Just the path that leads there. */
export const LEAF: FieldSet = Object.freeze({ self: true, below: new Map() });

/** A set under construction. What is attached belongs to it from then on. */
export class FieldSetBuilder implements FieldSet {
  self = false;
  readonly below = new Map<PathElement, FieldSet>();

  /** Adds a whole tree under an element; an empty one leaves no trace. */
  attach(element: PathElement, set: FieldSet): void {
    if (!isEmpty(set)) this.below.set(element, set);
  }

  insert(path: readonly PathElement[]): void {
    let place: FieldSetBuilder = this;
    for (const element of path) {
      place = place.#child(element);
    }
    place.self = true;
  }

  #child(element: PathElement): FieldSetBuilder {
    const old = this.below.get(element);
    if (old instanceof FieldSetBuilder) return old;
    const child = new FieldSetBuilder();
    child.self = old?.self ?? false;
    for (const [name, set] of old?.below ?? []) child.below.set(name, set);
    this.below.set(element, child);
    return child;
  }
}

export function fieldSetOfPaths(paths: Iterable<readonly PathElement[]>): FieldSet {
  const set = new FieldSetBuilder();
  for (const path of paths) set.insert(path);
  return set;
}

export function isEmpty(set: FieldSet): boolean {
  return !set.self && set.below.size === 0;
}

export function has(set: FieldSet, path: readonly PathElement[]): boolean {
  let place: FieldSet | undefined = set;
  for (const element of path) place = place?.below.get(element);
  return place?.self ?? false;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b) || a === b) return a;
  const below = new Map(a.below);
  for (const [element, set] of b.below) {
    const other = below.get(element);
    below.set(element, other ? union(other, set) : set);
  }
  return { self: a.self || b.self, below };
}

/** The paths of `a` that are not in `b`; what lies below a path of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a;
  return combine(a, a.self && !b.self, (element, set) => {
    const other = b.below.get(element);
    return other ? difference(set, other) : set;
  });
}

/** The paths of `a` that are neither in `b` nor below one that is. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a;
  return combine(a, a.self && !b.self, (element, set) => {
    const other = b.below.get(element);
    if (!other) return set;
    return other.self ? EMPTY : recursiveDifference(set, other);
  });
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, a.self && b.self, (element, set) => {
    const other = b.below.get(element);
    return other ? intersection(set, other) : EMPTY;
  });
}

/** All paths, at each place first those that end just below it. */
export function* pathsOf(set: FieldSet, prefix: readonly PathElement[] = []): Generator<PathElement[]> {
  const elements = sortedElements(set);
  for (const element of elements) if (set.below.get(element)!.self) yield [...prefix, element];
  for (const element of elements) yield* pathsOf(set.below.get(element)!, [...prefix, element]);
}

export function sortedElements(set: FieldSet): PathElement[] {
  return [...set.below.keys()].sort(compareElements);
}

/** Gives `a` itself back where nothing changes. */
function combine(a: FieldSet, self: boolean, below: (element: PathElement, set: FieldSet) => FieldSet): FieldSet {
  const result = new FieldSetBuilder();
  result.self = self;
  let isSame = self === a.self;
  for (const [element, set] of a.below) {
    const left = below(element, set);
    if (left !== set) isSame = false;
    result.attach(element, left);
  }
  return isSame ? a : result;
}
