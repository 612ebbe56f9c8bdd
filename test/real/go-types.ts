/** Reads the structs of Kubernetes' `types.go` files: what OpenAPI does not tell of a field (Go type, protobuf number, omitempty). */
import { readFileSync } from 'node:fs';

export interface GoField {
  readonly json: string;
  readonly goType: string;
  readonly number: number;
  readonly omit?: 'empty' | 'zero';
  readonly inline: boolean;
}

export interface GoPackage {
  readonly structs: ReadonlyMap<string, readonly GoField[]>;
  /** Named types that are no structs: `PullPolicy` -> `string`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Values of the string types marked `+enum`. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

export function readGoPackage(files: readonly string[]): GoPackage {
  const structs = new Map<string, GoField[]>();
  const aliases = new Map<string, string>();
  const constants = new Map<string, string[]>();
  const marked = new Set<string>();
  for (const file of files) readGoFile(readFileSync(file, 'utf8'), { structs, aliases, constants, marked });
  const enums = new Map([...marked].map((name) => [name, [...new Set(constants.get(name))].sort()]));
  return { structs, aliases, enums };
}

interface Collected {
  structs: Map<string, GoField[]>;
  aliases: Map<string, string>;
  constants: Map<string, string[]>;
  marked: Set<string>;
}

function readGoFile(source: string, into: Collected): void {
  let struct: GoField[] | undefined;
  let comment = '';
  for (const line of source.split('\n')) {
    if (/^\s*\/\//.test(line)) {
      comment += `${line}\n`;
      continue;
    }
    const head = /^type (\w+) (.+?)\s*(?:\/\/.*)?$/.exec(line);
    if (head) {
      const [, name, body] = head as unknown as [string, string, string];
      if (/^\/\/ \+enum\b/m.test(comment)) into.marked.add(name);
      if (body.startsWith('struct')) {
        const fields: GoField[] = [];
        into.structs.set(name, fields);
        if (!body.endsWith('}')) struct = fields;
      } else into.aliases.set(name, body);
    } else if (line.startsWith('}')) struct = undefined;
    else if (struct) struct.push(...fieldOf(line));
    const [type, value] = constantOf(line);
    if (type && value !== undefined) into.constants.set(type, [...(into.constants.get(type) ?? []), value]);
    comment = line.trim() === '' ? comment : '';
  }
}

/** Type and value of `X T = "v"`, `X = T("v")`, and of `X = T(v1.VProtocol)`, where the name tells the value. */
function constantOf(line: string): [string?, string?] {
  const plain = /^(?:const|\t)\s*\w+\s+(\w+)\s*=\s*"([^"]*)"/.exec(line);
  const cast = /^(?:const|\t)\s*\w+\s*=\s*(\w+)\((?:"([^"]*)"|v1\.(\w+)Protocol)\)/.exec(line);
  return plain ? [plain[1], plain[2]] : [cast?.[1], cast?.[2] ?? cast?.[3]];
}

function fieldOf(line: string): GoField[] {
  const match = /^\t(?:(\w+)\s+)?([^\s`]+)\s+`([^`]*)`/.exec(line);
  const tags = match?.[3];
  const json = tags && /json:"([^"]*)"/.exec(tags)?.[1];
  if (!match || !json || json === '-') return [];
  const [name, ...options] = json.split(',') as [string, ...string[]];
  const omit = options.includes('omitzero') ? 'zero' : options.includes('omitempty') ? 'empty' : undefined;
  const number = Number(/protobuf:"\w+,(\d+)/.exec(tags!)?.[1] ?? 0);
  return [{ json: name, goType: match[2]!, number, inline: options.includes('inline'), ...(omit && { omit }) }];
}

/** Messages of a `generated.proto` that only wrap a list: `ExtraValue { repeated string items = 1; }`. */
export function wrapperMessages(proto: string): Set<string> {
  const bare = proto.replace(/\/\/.*$/gm, '');
  return new Set([...bare.matchAll(/message (\w+) \{\s*repeated \w+ items = 1;\s*\}/g)].map((m) => m[1]!));
}
