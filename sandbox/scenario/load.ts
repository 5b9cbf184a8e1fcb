/** Reads a scenario: YAML to {@link Scenario}, all problems of the file reported together with their lines. */
import { readFileSync } from 'node:fs';
import { parseCheckedYaml } from '../kit/checked-yaml.ts';
import { findFile } from '../kit/find-file.ts';
import { completeScenario } from './complete.ts';
import { referenceProblems } from './references.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario } from './types.ts';

/** `file` as {@link findFile} finds it; `article` stands for `scenarios/article.yml`. @throws YamlFileError */
export function loadScenario(file: string): Scenario {
  return parseScenario(readFileSync(findFile(file, 'scenarios'), 'utf8'), file);
}

/** @throws YamlFileError with every problem that the file has. */
export function parseScenario(yaml: string, file = 'scenario'): Scenario {
  return completeScenario(parseCheckedYaml<Scenario>(yaml, file, scenarioSchema, referenceProblems));
}
