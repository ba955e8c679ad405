// Finds which described operation a concrete request is: `GET /repos/acme/app/issues/7` → `/repos/{owner}/{repo}/issues/{issue_number}`.
// It knows paths only; the schemas are elsewhere.

export interface OperationIndex {
  /** @returns the key `"GET /repos/{owner}/{repo}"`, or null when no operation has that path */
  find(method: string, path: string): string | null;
}

interface Candidate {
  readonly key: string;
  readonly pattern: RegExp;
  readonly rank: string;
}

/** Parameters that may hold slashes: file paths, branch and ref names, `base...head`. */
const MANY_SEGMENTS = new Set(["{path}", "{ref}", "{branch}", "{basehead}"]);
const API_PREFIX = /^\/api\/v3(?=\/|$)/;

export function createOperationIndex(keys: readonly string[]): OperationIndex {
  const byMethod = Map.groupBy(keys, (key) => key.slice(0, key.indexOf(" ")));
  const candidates = new Map(
    [...byMethod].map(([method, own]) => [method, own.map(candidateOf).sort(moreLiteralFirst)]),
  );
  return {
    find(method, path) {
      const concrete = withoutPrefixAndQuery(path);
      const found = candidates.get(method.toUpperCase())?.find((candidate) => candidate.pattern.test(concrete));
      return found?.key ?? null;
    },
  };
}

function withoutPrefixAndQuery(path: string): string {
  const [beforeQuery = ""] = path.split("?");
  const bare = beforeQuery.replace(API_PREFIX, "");
  return bare.length > 1 && bare.endsWith("/") ? bare.slice(0, -1) : bare || "/";
}

/** Literal segments win over parameters, parameters of one segment over those of many, long templates over short ones. */
function moreLiteralFirst(a: Candidate, b: Candidate): number {
  return a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0;
}

function candidateOf(key: string): Candidate {
  const template = key.slice(key.indexOf(" ") + 1);
  const segments = template.split("/").slice(1);
  const rank = `${segments.map((segment) => (MANY_SEGMENTS.has(segment) ? "2" : segment.includes("{") ? "1" : "0")).join("")}3`;
  const pattern = new RegExp(`^${segments.map(segmentPattern).join("")}$`);
  return { key, pattern, rank };
}

function segmentPattern(segment: string, index: number, all: readonly string[]): string {
  // The root directory is listed without a path.
  if (segment === "{path}" && index === all.length - 1) return "(?:/.+)?";
  if (MANY_SEGMENTS.has(segment)) return "/.+";
  return `/${segment
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith("{") ? "[^/]+" : RegExp.escape(part)))
    .join("")}`;
}
