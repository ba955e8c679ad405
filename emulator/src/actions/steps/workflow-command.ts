// `::name key=value::text` lines that a step prints to talk to its runner. Reads only; what they mean is decided elsewhere.

export interface WorkflowCommand {
  /** Lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/** @returns null for a line that is only output */
export function readCommand(line: string): WorkflowCommand | null {
  const match = /^\s*::([^\s:]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
  if (match === null) return null;
  const [, name = "", properties = "", text = ""] = match;
  return { name: name.toLowerCase(), properties: readProperties(properties), text: unescapeText(text) };
}

function readProperties(source: string): Readonly<Record<string, string>> {
  const pairs = source.split(",").flatMap((part) => {
    const equals = part.indexOf("=");
    return equals < 0 ? [] : [[part.slice(0, equals).trim(), unescapeProperty(part.slice(equals + 1))] as const];
  });
  return Object.fromEntries(pairs);
}

function unescapeText(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapeProperty(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}
