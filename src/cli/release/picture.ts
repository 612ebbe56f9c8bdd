/** The picture of a release: its steps, each Pod as a sign, and where it waits and why. */
import { PART_SIGNS, POD_PARTS } from '../../groups/index.ts';
import type { Release } from '../../resources/index.ts';
import { formatTable } from '../table.ts';
import type { Look, PodView } from './look.ts';

const PER_LINE = 50;

export function drawRelease({ release, pods }: Look): string {
  if (!release) return drawPods(pods);
  const { status = {}, metadata, spec } = release;
  const head = [
    `Release ${metadata.name} of Group ${spec.groupRef.name}`,
    status.phase ?? 'Pending',
    ...(status.step ? [`step ${status.step}`] : []),
    ...(status.updated ? [`updated ${status.updated}`] : []),
  ];
  const busy = pods.filter(({ part }) => part !== 'new' && part !== 'old');
  return [
    head.join('   '),
    ...(status.message ? [status.message] : []),
    '',
    ...drawSteps(release),
    drawPods(pods),
    ...(busy.length > 0 ? ['', podTable(busy.slice(0, 20)).trimEnd()] : []),
  ].join('\n');
}

function drawSteps({ spec, status = {} }: Release): string[] {
  const at = status.currentStepIndex ?? 0;
  const lines = spec.steps.map((step, i) => {
    const index = i + 1;
    const mark = index < at ? '✓' : index === at ? '▶' : ' ';
    const whom = [step.replicas ?? '', ...(step.pods ?? [])].filter((part) => part !== '').join(' + ');
    const more = [
      ...(step.bakeSeconds ? [`bake ${step.bakeSeconds} s`] : []),
      ...(step.checks ?? []).map(({ name }) => `check ${name}`),
      ...(step.pause
        ? [step.pause.durationSeconds === undefined ? 'pause until approved' : `pause ${step.pause.durationSeconds} s`]
        : []),
    ];
    const now = index === at && status.stepState ? `   ${status.stepState}` : '';
    return `  ${mark} ${index}  ${String(whom).padEnd(8)}  ${more.join(', ')}${now}`.trimEnd();
  });
  return lines.length > 0 ? [...lines, ''] : [];
}

/** One sign a Pod, and what the signs mean with how many there are of each. */
export function drawPods(pods: readonly PodView[]): string {
  const signs = pods.map(({ part }) => PART_SIGNS[part]);
  const lines = Array.from(
    { length: Math.ceil(signs.length / PER_LINE) },
    (_, i) => `  ${signs.slice(i * PER_LINE, (i + 1) * PER_LINE).join('')}`,
  );
  const counts = POD_PARTS.map((part) => [part, pods.filter((pod) => pod.part === part).length] as const);
  const key = counts.filter(([, count]) => count > 0).map(([part, count]) => `${PART_SIGNS[part]} ${part} ${count}`);
  return [...lines, `  ${key.join('   ')}`].join('\n');
}

export function podTable(pods: readonly PodView[]): string {
  return formatTable(
    [
      { head: '  POD', cell: (pod: PodView) => `  ${pod.name}` },
      { head: 'IS', cell: ({ part }) => part },
      { head: 'STATE', cell: ({ state }) => state || '-' },
      { head: 'REVISION', cell: ({ revision }) => revision || '-' },
      { head: 'IP', cell: ({ ip }) => ip },
      { head: 'HOST', cell: ({ host }) => host },
    ],
    pods,
  );
}
