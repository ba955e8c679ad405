// What the client asked for in Accept: `application/vnd.github.raw+json` and its relatives.
import type { Ctx } from "./context.ts";

/** "json" unless the client named another form of GitHub's: raw, html, text, full, diff, patch, sha, object, star. */
export function mediaFormat(c: Ctx): string {
  const match =
    /application\/vnd\.github\.(?:v3\.|[a-z-]+-preview\.?)?(raw|html|text|full|diff|patch|sha|object|star)\b/.exec(
      c.req.header("accept") ?? "",
    );
  return match?.[1] ?? "json";
}
