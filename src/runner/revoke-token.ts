// Gives a token back to GitHub, so that nobody can use it after this job.

const REVOKE_MS_MAX = 10_000;

/** Never throws: the token ends by itself within the hour. */
export async function revokeToken(apiUrl: string, token: string): Promise<void> {
  await fetch(`${apiUrl}/installation/token`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json", "user-agent": "signalbox" },
    signal: AbortSignal.timeout(REVOKE_MS_MAX),
  }).catch(() => undefined);
}
