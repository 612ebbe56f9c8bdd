import { expect, test } from 'vitest';
import { parseStages } from './stage.ts';
import { loadStages, VOCABULARY } from './stage-files.ts';
import { render } from './template.ts';

const read = (stage: string) => parseStages(`{ track: t, actor: container, stages: [${stage}] }`, 'x.yaml', VOCABULARY);

test('the stages that come with the fleet can be read, each track of an actor in one file, names used once', () => {
  const stages = loadStages();
  expect(new Set(stages.map((stage) => stage.name)).size).toBe(stages.length);
  const runs = stages.map((s) => `${s.actor}/${s.track}`).filter((run, i, all) => run !== all[i - 1]);
  expect(new Set(runs).size).toBe(runs.length);
});

test('a stage says when, how long after, and what', () => {
  expect(
    read(
      '{ name: a, when: { state: waiting, reason: { not: [v, w] } }, delay: { for: 1.5s, jitter: 100ms }, do: hold }',
    ),
  ).toMatchObject([
    {
      name: 'a',
      when: [
        { fact: 'state', values: ['waiting'], not: false },
        { fact: 'reason', values: ['v', 'w'], not: true },
      ],
      delay: { base: 1500, jitterMs: 100 },
      effects: ['hold'],
      events: [],
    },
  ]);
});

test.each([
  ['{ name: a, when: { stat: waiting } }', /stage a: fact: expected name, kind.*found "stat"/],
  ['{ name: a, when: {}, do: explode }', /do: expected startPull.*found "explode"/],
  ['{ name: a, when: {}, delay: 5 minutes }', /delay: expected a duration like 200ms/],
  ['{ name: a, when: {}, delay: { fact: nothing } }', /found "nothing"/],
  ['{ name: a, when: {}, set: { image: "{{colour}}" } }', /found "colour"/],
  ['{ name: a, when: {}, wen: {} }', /wen: expected name, when, delay/],
  ['{ when: {} }', /name: expected a text/],
  ['{ name: a, when: {}, events: [{ type: Loud, reason: x, message: y }] }', /Normal or Warning/],
])('%s is refused, naming file, stage and what was expected', (stage, message) => {
  expect(() => read(stage)).toThrow(message);
});

test('templates are filled with facts; one that is nothing but a fact keeps its form', () => {
  const facts: Record<string, unknown> = { n: 3, list: [1], none: undefined };
  const template = { a: '{{n}}', b: 'n={{n}}', c: ['{{list}}'], d: '{{none}}', e: null };
  expect(render(template, (fact) => facts[fact])).toEqual({ a: 3, b: 'n=3', c: [[1]], e: null });
});
