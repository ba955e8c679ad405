// Turns what a command may see into arguments of bubblewrap. Pure: what exists on this machine is passed in.
// The kernel confines; nothing in here or above relies on a path check.

/** A directory or file of the machine that shows up at the same path inside. */
export interface Mount {
  readonly path: string;
  readonly writable: boolean;
}

/** `host` shares the machine's network; a proxy with an allow-list of registries is to become the third. */
export type Network = "none" | "host";

/** How a path of the system stands on this machine: `/bin` is a link to `/usr/bin` on one and a directory on another. */
export interface SystemPath {
  readonly path: string;
  readonly linkTo: string | null;
}

export interface Confinement {
  readonly mounts: readonly Mount[];
  readonly network: Network;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The program is the first process of its namespace: when it has ended, everything in there has. */
  readonly isInit: boolean;
}

export interface System {
  /** Read-only parts of the machine: programs, libraries, certificates. */
  readonly paths: readonly SystemPath[];
  /** Files that replace the machine's own in `/etc`, by their path inside. */
  readonly files: readonly { readonly from: string; readonly to: string }[];
  /** Where name resolution is really configured: only seen with the network. */
  readonly resolver: string | null;
  /** Version 0.8 and later can forbid user namespaces inside. */
  readonly canDisableNesting: boolean;
}

/** The account inside. It has no power outside whatever the account of the runner is. */
const INSIDE_ID = "1000";

/** Parts of the system that programs need. Nothing of `/home`, `/root`, `/var`, `/run`, `/mnt` or `/srv` is ever among them. */
export const SYSTEM_ROOTS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] as const;

/** Of `/etc`, only what the loader, certificates, time and name lookups need: it also holds keys and passwords. */
export const SYSTEM_ETC = [
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/crypto-policies",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/mime.types",
  "/etc/nsswitch.conf",
  "/etc/os-release",
  "/etc/pki",
  "/etc/protocols",
  "/etc/services",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/timezone",
] as const;

/** @returns arguments up to and including `--`; the program follows */
export function bubblewrapArguments(system: System, confinement: Confinement): readonly string[] {
  return [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    ...(confinement.network === "none" ? ["--unshare-net"] : []),
    ...(system.canDisableNesting ? ["--disable-userns"] : []),
    ...["--uid", INSIDE_ID, "--gid", INSIDE_ID, "--hostname", "sandbox"],
    "--die-with-parent",
    "--new-session",
    ...(confinement.isInit ? ["--as-pid-1"] : []),
    "--clearenv",
    ...Object.entries(confinement.env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"],
    ...system.paths.flatMap(({ path, linkTo }) =>
      linkTo === null ? ["--ro-bind", path, path] : ["--symlink", linkTo, path],
    ),
    ...system.files.flatMap(({ from, to }) => ["--ro-bind", from, to]),
    ...(confinement.network === "host" && system.resolver !== null
      ? ["--ro-bind", system.resolver, "/etc/resolv.conf"]
      : []),
    ...confinement.mounts.flatMap(({ path, writable }) => [writable ? "--bind" : "--ro-bind", path, path]),
    ...["--remount-ro", "/"],
    ...["--chdir", confinement.cwd],
    "--",
  ];
}
