// Who may give orders through a browser: only this server's own pages. Another site's page could otherwise command the
// emulator of whoever looks at it, or read it by a name of its own that it points at the loopback interface.

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * @param origin the header of that name: browsers send it with every form, programs do not
 * @param host the header of that name: what the client believes this server is called
 */
export function isOwnSite(origin: string | undefined, host: string | undefined): boolean {
  const address = `http://${host ?? "127.0.0.1"}`;
  if (!URL.canParse(address) || !LOOPBACK.has(new URL(address).hostname)) return false;
  return origin === undefined || origin === address;
}
