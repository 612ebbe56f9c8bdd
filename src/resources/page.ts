/** The reference page of a kind, as Markdown, made of its schema. */
import { apiVersionOf } from '../kube/index.ts';
import type { KindDefinition } from './definition.ts';
import { type OpenApiSchema, structuralSchema } from './structural.ts';

export function kindPage(kind: KindDefinition): string {
  const { type, shortNames, summary, about, spec, status, rules = [], columns, example } = kind;
  const facts = [
    `\`${apiVersionOf(type)}\``,
    type.namespaced ? 'in a namespace' : 'of the cluster',
    `\`kubectl get ${type.plural}\`${shortNames.map((name) => `, \`${name}\``).join('')}`,
  ];
  const parts = [
    `# ${type.kind}`,
    summary,
    `${facts.join('; ')}.`,
    about,
    `\`\`\`yaml\n${example}\`\`\``,
    `Columns: ${columns.map(({ name, priority }) => (priority ? `${name} (wide)` : name)).join(', ')}.`,
    '## spec',
    table(structuralSchema(spec)),
    rulesOf([...rulesIn(structuralSchema(spec), 'spec'), ...rules.map((rule) => ({ at: 'the object', ...rule }))]),
    ...(status ? ['## status', table(structuralSchema(status))] : []),
    'This page is made from `src/resources/`; a test keeps it in step (`JDOS_UPDATE=1` writes it anew).',
  ];
  return `${parts.filter((part) => part).join('\n\n')}\n`;
}

function table(schema: OpenApiSchema): string {
  const rows = fieldsOf(schema, '').map(
    ([path, field, required]) =>
      `| \`${path}\` | ${typeOf(field)}${required ? ', required' : ''} | ${defaultOf(field)} | ${escaped(String(field.description ?? ''))} |`,
  );
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function fieldsOf(schema: OpenApiSchema, prefix: string): [string, OpenApiSchema, boolean][] {
  const required = (schema.required as string[] | undefined) ?? [];
  return Object.entries(propertiesOf(schema)).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const items = field.items as OpenApiSchema | undefined;
    const deeper = items ? fieldsOf(items, `${path}[].`) : fieldsOf(field, `${path}.`);
    return [[path, field, required.includes(name)] as [string, OpenApiSchema, boolean], ...deeper];
  });
}

function typeOf(field: OpenApiSchema): string {
  if (field['x-kubernetes-int-or-string']) return 'integer or string';
  const values = field.enum as unknown[] | undefined;
  if (values) return values.map((value) => `\`${value}\``).join(' \\| ');
  if (field.type === 'array') return `list of ${typeOf(field.items as OpenApiSchema)}`;
  if (field.additionalProperties) return 'map';
  return field.format === 'date-time' ? 'time' : String(field.type ?? 'any');
}

function defaultOf(field: OpenApiSchema): string {
  if (field.default === undefined || field.type === 'object') return '';
  return `\`${typeof field.default === 'string' ? field.default : JSON.stringify(field.default)}\``;
}

interface PlacedRule {
  readonly at: string;
  readonly message: string;
  readonly fieldPath?: string;
}

function rulesIn(schema: OpenApiSchema, path: string): PlacedRule[] {
  const own = (schema['x-kubernetes-validations'] as Omit<PlacedRule, 'at'>[] | undefined) ?? [];
  const items = schema.items as OpenApiSchema | undefined;
  return [
    ...own.map((rule) => ({ ...rule, at: path })),
    ...Object.entries(propertiesOf(schema)).flatMap(([name, field]) => rulesIn(field, `${path}.${name}`)),
    ...(items ? rulesIn(items, `${path}[]`) : []),
  ];
}

function rulesOf(rules: readonly PlacedRule[]): string {
  if (rules.length === 0) return '';
  const rows = rules.map(({ at, message, fieldPath = '' }) => `- \`${at}${fieldPath}\`: ${message}`);
  return `The server refuses what breaks these rules:\n\n${rows.join('\n')}`;
}

function propertiesOf(schema: OpenApiSchema): Record<string, OpenApiSchema> {
  return (schema.properties as Record<string, OpenApiSchema> | undefined) ?? {};
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The list of all kinds. */
export function kindIndex(kinds: readonly KindDefinition[]): string {
  const rows = kinds.map(
    ({ type, summary }) => `| [${type.kind}](${type.kind.toLowerCase()}.md) | \`${apiVersionOf(type)}\` | ${summary} |`,
  );
  return `# Resource types

\`jdos up\` has them; [\`jdos install\`](../commands/install.md) puts them on an existing cluster.

| kind | in | what it is |
|---|---|---|
${rows.join('\n')}
`;
}
