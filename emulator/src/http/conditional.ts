// ETag and Last-Modified on successful reads, and 304 for clients that have the same already.
import { createHash } from "node:crypto";
import { isJsonObject } from "../world/json.ts";

/**
 * @param secret the credential of the request: GitHub's ETags change with the token
 * @returns the response with validators, or an empty 304
 */
export async function conditional(request: Request, response: Response, secret: string): Promise<Response> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status !== 200 || !type.includes("json")) return response;
  const text = await response.clone().text();
  const etag = `W/"${createHash("sha256").update(secret).update("\0").update(text).digest("hex")}"`;
  const modified = lastModified(text);
  const headers = new Headers(response.headers);
  headers.set("ETag", etag);
  if (modified !== null) headers.set("Last-Modified", modified.toUTCString());
  headers.set("Cache-Control", "private, max-age=60, s-maxage=60");
  headers.set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP");
  if (isUnchanged(request, etag, modified)) {
    headers.delete("content-type");
    return new Response(null, { status: 304, headers });
  }
  return new Response(text, { status: 200, headers });
}

function isUnchanged(request: Request, etag: string, modified: Date | null): boolean {
  const known = request.headers.get("if-none-match");
  if (known !== null) {
    const strong = (tag: string): string => tag.trim().replace(/^W\//, "");
    return known === "*" || known.split(",").some((tag) => strong(tag) === strong(etag));
  }
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return modified !== null && Number.isFinite(since) && modified.getTime() <= since;
}

function lastModified(text: string): Date | null {
  if (!text.startsWith("{")) return null;
  const value: unknown = JSON.parse(text);
  const updated = isJsonObject(value) ? value["updated_at"] : undefined;
  return typeof updated === "string" ? new Date(updated) : null;
}
