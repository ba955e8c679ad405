// Which tokens of runs were used, for all instances that share a database: of two calls with one token, wherever they
// arrive, exactly one gets through.

import type { Pool } from "pg";
import type { UsedTokens } from "../../core/ports.ts";

/** Rows whose time is over that one call takes away on its way. */
const SWEPT_MAX = 20;

const USE = `
with over as (
  delete from signalbox.used_tokens where id in
    (select id from signalbox.used_tokens where until < now() - interval '1 minute' order by until limit ${SWEPT_MAX})
)
insert into signalbox.used_tokens (id, until) values ($1, to_timestamp($2 / 1000.0)) on conflict do nothing returning id`;

export function createSharedUsedTokens(pool: Pick<Pool, "query">): UsedTokens {
  return {
    async use(id, expiresAt) {
      const { rowCount } = await pool.query(USE, [id, expiresAt]);
      return rowCount === 1 ? "fresh" : "used-token";
    },
  };
}
