// Remembers for a minute where the App is not installed. Any workflow run on GitHub can ask for a token that names us:
// without this, strangers could spend the App's own rate limit by asking again and again.

import type { Clock } from "../../core/ports.ts";
import type { GitHub } from "../github.ts";

const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

export function rememberMissing(github: Pick<GitHub, "factsOf">, clock: Pick<Clock, "now">): Pick<GitHub, "factsOf"> {
  const missingUntil = new Map<string, number>();
  return {
    async factsOf(repository) {
      const key = `${repository.owner}/${repository.name}`.toLowerCase();
      if ((missingUntil.get(key) ?? 0) > clock.now()) return null;
      const facts = await github.factsOf(repository);
      missingUntil.delete(key);
      if (facts === null) missingUntil.set(key, clock.now() + REMEMBERED_MS);
      const oldest = missingUntil.keys().next();
      if (missingUntil.size > REMEMBERED_MAX && oldest.done !== true) missingUntil.delete(oldest.value);
      return facts;
    },
  };
}
