import { describe, expect, test } from 'vitest';
import { errorsOf, goodYaml } from './support.ts';

describe('YAML that is broken', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', '1 : The file is empty.'],
    ['comments alone', '# nothing\n', '1 : The file is empty.'],
    ['a list at the top', '- 1\n', '1 : The file does not begin with a map.'],
    ['a text at the top', 'hello\n', '1 : The file does not begin with a map.'],
    ['clusters without a value', 'clusters:\n', '1 : The key clusters is missing.'],
    ['no cluster', 'clusters: {}\n', '1 clusters: There is no cluster.'],
    ['clusters as a list', 'clusters:\n  - prod\n', '1 clusters: This is a list, not a map.'],
    ['a second document', `${goodYaml()}---\na: 1\n`, '17 : A second document begins here.'],
    ['a tab as indentation', goodYaml({ 7: '\t\tuser: ubuntu' }), '7 : A tab stands where YAML wants spaces.'],
    [
      'a tag',
      goodYaml({ 7: '      user: !!str ubuntu' }),
      "7 : The tag tag:yaml.org,2002:str is not used in this file's format.",
    ],
  ])('%s is reported at its line', (_what, yaml, expected) => {
    expect(errorsOf({ yaml })).toContain(expected);
  });

  test('an anchor and its alias are both reported, and nothing that follows from them', () => {
    const yaml = goodYaml({ 7: '      user: &u ubuntu', 10: '      jump: *u' });
    expect(errorsOf({ yaml })).toEqual([
      "7 : The anchor &u is not used in this file's format.",
      "10 : The alias *u is not used in this file's format.",
    ]);
  });

  test('several syntax errors are reported at once', () => {
    const errors = errorsOf({ yaml: goodYaml({ 7: '      user: @ubuntu', 10: '      timeout: `10s' }) });
    expect(errors.map((error) => error.split(' ')[0])).toEqual(['7', '10']);
  });

  test('a syntax error hides no mistake above it, and invents none below', () => {
    const errors = errorsOf({ yaml: goodYaml({ 7: '      usr: ubuntu', 12: '      operators: [console:alice' }) });
    expect(errors[0]).toBe('7 clusters.prod.ssh.usr: Unknown key "usr".');
    expect(errors.slice(1).every((error) => error.includes("YAML can't be read here"))).toBe(true);
    expect(errors.length).toBeGreaterThan(1);
  });

  test('nesting without end is an answer, not a crash', () => {
    expect(errorsOf({ yaml: '['.repeat(100_000) })).not.toEqual([]);
    expect(errorsOf({ yaml: '{a: '.repeat(20_000) })).not.toEqual([]);
  });
});
