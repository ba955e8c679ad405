// `page` and `per_page`, and the Link header that goes with them.
import type { Context } from "hono";
import type { Hub } from "../hub.ts";

const PER_PAGE = 30;
const PER_PAGE_MAX = 100;

/**
 * One page of a list, with the Link header set on the response. For answers that wrap their list:
 * `c.json({ total_count: all.length, workflow_runs: pageOf(c, hub, all).map(format) })`.
 */
export function pageOf<T>(c: Context, hub: Hub, items: readonly T[]): readonly T[] {
  const perPage = Math.min(positive(c.req.query("per_page"), PER_PAGE), PER_PAGE_MAX);
  const page = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const links: string[] = [];
  const link = (number: number, rel: string): void => {
    links.push(`<${pageUrl(c, hub, number)}>; rel="${rel}"`);
  };
  if (page > 1) link(page - 1, "prev");
  if (page < last) link(page + 1, "next");
  if (page < last) link(last, "last");
  if (page > 1) link(1, "first");
  if (links.length > 0) c.header("Link", links.join(", "));
  return items.slice((page - 1) * perPage, page * perPage);
}

function pageUrl(c: Context, hub: Hub, page: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set("page", String(page));
  return `${hub.urls.web}${url.pathname}${url.search}`;
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value > 0 ? value : otherwise;
}
