// What can be wrong with a config although every key has its shape: names that nothing goes by.

import { knownRoles, type RepositoryConfig } from "./config.ts";
import { labelDefinitions } from "./labels.ts";

/** @returns one sentence per name that nothing goes by */
export function configMistakes(config: RepositoryConfig): readonly string[] {
  const roles = knownRoles(config);
  const labels = new Set(labelDefinitions(config).map(({ name }) => name.toLowerCase()));
  return [
    ...config.schedules.flatMap(({ role }, index) =>
      roles.includes(role)
        ? []
        : [`\`schedules.${index}.role\`: there is no role ${role}; known are ${roles.join(", ")}`],
    ),
    ...Object.keys(config.labels)
      .filter((name) => !labels.has(name.toLowerCase()))
      .map((name) => `\`labels.${name}\`: Signalbox has no such label`),
  ];
}
