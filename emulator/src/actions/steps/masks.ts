// Keeps secrets out of logs: every registered value, each of its lines, and the usual ways of writing it otherwise
// (base64, JSON, URL) become ***. Holds the values of one job only.

const MASK = "***";

/** Shorter values would turn the log into stars; GitHub masks them all the same, except empty ones. */
const MASK_CHARS_MIN = 1;

export interface Masks {
  readonly add: (secret: string) => void;
  readonly apply: (text: string) => string;
}

export function createMasks(secrets: Iterable<string>): Masks {
  const forms = new Set<string>();
  let pattern: RegExp | null = null;
  const add = (secret: string): void => {
    for (const value of [secret, ...secret.split(/\r?\n/)]) {
      for (const form of formsOf(value)) if (form.trim().length >= MASK_CHARS_MIN) forms.add(form);
    }
    pattern = null;
  };
  for (const secret of secrets) add(secret);
  return {
    add,
    apply: (text) => {
      if (forms.size === 0) return text;
      pattern ??= new RegExp(
        [...forms]
          .sort((a, b) => b.length - a.length)
          .map(escapeForRegExp)
          .join("|"),
        "g",
      );
      return text.replace(pattern, MASK);
    },
  };
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function formsOf(value: string): readonly string[] {
  if (value === "") return [];
  // A base64 text holds the secret in one of three shapes, depending on what stands before it.
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(value).subarray(shift).toString("base64").replace(/=+$/, "");
    // The last character also carries bits of what follows.
    return encoded.slice(0, -1);
  });
  const BASE64_CHARS_MIN = 8;
  return [
    value,
    value.trim(),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    ...shifted.filter((form) => form.length >= BASE64_CHARS_MIN),
  ];
}
