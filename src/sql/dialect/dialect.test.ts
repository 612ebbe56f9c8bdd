import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statementsOf, tokensOf, translate } from './index.ts';

describe('translate', () => {
  it('6 binds arrows tighter than comparisons', () => {
    expect(translate("select * from p where labels->>'a' = 'x' and l.labels->>'b'='y'").sql).toBe(
      "select * from p where (labels->>'a') = 'x' and (l.labels->>'b')='y'",
    );
    expect(translate("spec->'a'->>'b' in ('x')").sql).toBe("((spec->'a')->>'b') in ('x')");
    expect(translate("where (spec)->>'x' = $1 and f(a, b)->'c' is null").sql).toBe(
      "where ((spec)->>'x') = $1 and (f(a, b)->'c') is null",
    );
    expect(translate("not labels->>'a' = 'b'").sql).toBe("not (labels->>'a') = 'b'");
  });

  it('makes a regular expression find anywhere, as PostgreSQL does', () => {
    expect(translate("where name ~ 'ngin' and n.name !~* 'x'").sql).toBe(
      "where regexp_matches(name, 'ngin') and (NOT regexp_matches(n.name, 'x', 'i'))",
    );
    expect(translate("where spec->>'image' ~* ('a' || 'b')").sql).toBe(
      "where regexp_matches((spec->>'image'), ('a' || 'b'), 'i')",
    );
  });

  it('reads jsonb as json, and leaves texts, comments and names alone', () => {
    expect(translate('select a::jsonb').sql).toBe('select a::json');
    const same =
      'select \'a ->> b ~ c\', "x->>y", $$ a ~ b $$ -- c ~ d\n /* e ~ f */ from t where x -> y is null'.replace(
        ' -> y',
        '',
      );
    expect(translate(same).sql).toBe(same);
  });

  it('keeps lambdas as they are read by DuckDB', () => {
    expect(translate("list_transform(x, y -> y || 'a')").sql).toBe("list_transform(x, y -> y || 'a')");
    expect(translate("list_filter(x, lambda y: y ~ 'a')").sql).toBe("list_filter(x, lambda y: regexp_matches(y, 'a'))");
  });

  it('7 turns a selector into conditions, and says where it is none', () => {
    expect(translate("where selector(p.labels, 'app=web,!canary') and x").sql).toBe(
      "where ((p.labels) IS NOT NULL AND coalesce((p.labels)['app'] IN ('web'), false) AND (p.labels)['canary'] IS NULL) and x",
    );
    expect(translate("select selector from t where t.selector(a, 'b')").sql).toBe(
      "select selector from t where t.selector(a, 'b')",
    );
    for (const [sql, position] of [
      ["select selector(labels, 'a in')", 25],
      ['select selector(labels, $1)', 8],
      ["select selector('a')", 8],
    ] as const) {
      expect(() => translate(sql), sql).toThrow(expect.objectContaining({ code: '22023', position }));
    }
  });

  it('tells where a place in the translation was', () => {
    const sql = "select labels->>'a' = 'x', nosuch from pods";
    const { sql: translated, original } = translate(sql);
    expect(original(translated.indexOf('nosuch') + 1)).toBe(sql.indexOf('nosuch') + 1);
  });

  it('never throws, whatever comes', () => {
    const odd = fc.array(
      fc.constantFrom(
        '->>',
        '->',
        '~',
        '(',
        ')',
        '[',
        ']',
        '.',
        '::',
        'a',
        "'t'",
        '"q"',
        '$1',
        '1',
        ' ',
        ',',
        'and',
        "'",
      ),
    );
    fc.assert(fc.property(odd, (parts) => translate(parts.join('')).sql.length >= 0));
  });
});

describe('tokens', () => {
  it('leave nothing out but blanks and comments', () => {
    fc.assert(
      fc.property(fc.string(), (sql) => {
        for (const { start, end, text } of tokensOf(sql)) expect(sql.slice(start, end)).toBe(text);
      }),
    );
  });
});

describe('statements', () => {
  it('are told apart by semicolons outside texts, names and comments', () => {
    expect(statementsOf('select \';\'; select "a;b"; -- x;\n /* ; */ ; select $q$;$q$')).toEqual([
      "select ';'",
      ' select "a;b"',
      ' select $q$;$q$',
    ]);
    expect(statementsOf(' -- nothing')).toEqual([]);
  });
});
