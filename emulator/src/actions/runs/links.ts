// Short-lived addresses of things to download: what GitHub redirects to when logs or artifacts are asked for.
import type { Hub } from "../../hub.ts";

export type LinkTarget =
  | { readonly kind: "job-log"; readonly jobId: number }
  | { readonly kind: "run-logs"; readonly runId: number; readonly attempt: number }
  | { readonly kind: "artifact"; readonly artifactId: number };

export interface Links {
  readonly make: (target: LinkTarget) => string;
  readonly open: (secret: string) => LinkTarget | null;
}

/** GitHub's links to logs and artifacts live for a minute and ten minutes. */
const LINK_MS = 10 * 60_000;
const LINKS_MAX = 10_000;

export function createLinks(hub: Hub): Links {
  const { clock, randomBytes } = hub.world;
  const links = new Map<string, { readonly target: LinkTarget; readonly expiresAt: number }>();
  return {
    make: (target) => {
      const secret = randomBytes(24).toString("base64url");
      const [oldest] = links.keys();
      if (links.size >= LINKS_MAX && oldest !== undefined) links.delete(oldest);
      links.set(secret, { target, expiresAt: clock.now() + LINK_MS });
      return `${hub.urls.web}/_downloads/${secret}`;
    },
    open: (secret) => {
      const link = links.get(secret);
      return link === undefined || link.expiresAt <= clock.now() ? null : link.target;
    },
  };
}
