// What the queue adds to graphile-worker's schema: three functions, made anew at every start. Each is one round trip and
// atomic. Keys, pools and runs lock in spaces of their own, told apart by the seed of the hash.

/** Seeds of `hashtextextended`: two texts that are equal in different spaces must not be one lock. */
export const LOCK_SPACES = { wake: 1, pool: 2, key: 3, install: 4 } as const;

/** Name of the one task that graphile-worker knows: to look at a key. */
export const TASK = "look";

/** Tries of graphile-worker itself, which are only used up by instances that die: see `errorsMax` for the others. */
const DEATHS_MAX = 25;

/**
 * `wake`: puts a key in, or moves it forward; `is_exact` moves it back as well. Errors in a row travel in the payload: an
 * array, and graphile-worker joins the arrays of a key that is put in twice. The lock makes reading and writing one step.
 *
 * `reap`: whoever can take the lock of a pool that holds keys knows that it is dead, and gives its keys back.
 */
export const SCHEMA = `
create schema if not exists signalbox;

create or replace function signalbox.wake(wanted text, delay_ms bigint, groups text[], errors json, is_exact boolean)
returns void language plpgsql as $$
declare
  at timestamptz := clock_timestamp() + delay_ms * interval '1 millisecond';
begin
  perform pg_advisory_xact_lock(hashtextextended(wanted, ${LOCK_SPACES.wake}));
  if not is_exact then
    select least(at, min(jobs.run_at)) into at from graphile_worker.jobs as jobs
    where jobs.key = wanted and jobs.locked_at is null and jobs.attempts < jobs.max_attempts;
  end if;
  perform graphile_worker.add_job('${TASK}', errors, run_at => at, max_attempts => ${DEATHS_MAX}, job_key => wanted, flags => groups);
end $$;

create or replace function signalbox.reap() returns text[] language plpgsql as $$
declare
  pool text;
  dead text[] := '{}';
begin
  for pool in select distinct locked_by from graphile_worker.jobs where locked_by is not null loop
    if pg_try_advisory_xact_lock(hashtextextended(pool, ${LOCK_SPACES.pool})) then dead := dead || pool; end if;
  end loop;
  if array_length(dead, 1) > 0 then
    perform graphile_worker.force_unlock_workers(dead);
    perform pg_notify('jobs:insert', '{"count":100}');
  end if;
  return dead;
end $$;

create or replace function signalbox.counts(out due bigint, out waiting bigint, out locked bigint) language sql stable as $$
  select count(*) filter (where locked_at is null and run_at <= now()),
         count(*) filter (where locked_at is null),
         count(*) filter (where locked_at is not null)
  from graphile_worker.jobs where attempts < max_attempts or locked_at is not null
$$;

create table if not exists signalbox.used_tokens (id text primary key, until timestamptz not null);
create index if not exists used_tokens_until on signalbox.used_tokens (until);
`;
