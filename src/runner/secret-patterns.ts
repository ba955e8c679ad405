// Finds secrets in text: by the shape that well-known services give them, and by the values that the caller knows, also
// encoded. Pure; says which kind was found and never repeats what was found.

/** A value shorter than this is no secret worth looking for, and its encodings would be found everywhere. */
const VALUE_CHARS_MIN = 12;
/** A known value counts as found when so many of its characters in a row appear: cutting off its ends does not hide it. */
const PART_CHARS = 16;

// biome-ignore format: a table reads by column.
const SHAPES: readonly (readonly [kind: string, shape: RegExp])[] = [
  ["a GitHub token",            /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g],
  ["an Anthropic key",          /\bsk-ant-[A-Za-z0-9_-]{20,}/g],
  ["an OpenAI key",             /\bsk-(?!ant-)(?:proj-)?[A-Za-z0-9_-]{40,}/g],
  ["an AWS key",                /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ["a Google key",              /\bAIza[0-9A-Za-z_-]{35}\b/g],
  ["a Slack token",             /\bxox[abposr]-[0-9A-Za-z-]{20,}/g],
  ["a Stripe key",              /\b[rs]k_live_[0-9A-Za-z]{20,}/g],
  ["an npm token",              /\bnpm_[A-Za-z0-9]{36}\b/g],
  ["a PyPI token",              /\bpypi-[A-Za-z0-9_-]{50,}/g],
  ["a private key",             /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g],
  ["a signed web token",        /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/g],
  ["a password in an address",  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/:@]{8,200}@[\w.-]+/gi],
];

/** @returns how a value may look when somebody tries to carry it out */
function disguises(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  // Base64 depends on where in a triple the value starts: the middle of each of the three is the same in any context.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .slice(shift + 1, -4),
  );
  return [
    value,
    [...value].reverse().join(""),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(value),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** @returns whether {@link PART_CHARS} characters in a row of any of the secrets stand in the text; a shorter secret counts as a whole */
function containsPartOf(secrets: readonly string[], text: string): boolean {
  const parts = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < PART_CHARS && text.includes(secret)) return true;
    for (let at = 0; at + PART_CHARS <= secret.length; at += 1) parts.add(secret.slice(at, at + PART_CHARS));
  }
  // One walk over the text, however many parts there are; most places are passed by on their first two characters.
  const starts = new Set([...parts].map((part) => startOf(part, 0)));
  for (let at = 0; parts.size > 0 && at + PART_CHARS <= text.length; at += 1) {
    if (starts.has(startOf(text, at)) && parts.has(text.slice(at, at + PART_CHARS))) return true;
  }
  return false;
}

function startOf(text: string, at: number): number {
  return text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);
}

/** Characters that somebody puts between the letters of a secret so that nobody finds it. */
function withoutSeparators(text: string): string {
  return text.replaceAll(/[\s'"`+,;:\\-]/g, "");
}

/**
 * @param text   what is to be published
 * @param before what stood there already: a shape that was there before is not news
 * @param values secrets by value
 * @returns the kinds of secrets that were found
 */
export function secretsIn(text: string, before: string, values: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const [kind, shape] of SHAPES) {
    if ([...text.matchAll(shape)].some(([match]) => !before.includes(match))) found.add(kind);
  }
  if (holdsOneOf(text, values)) found.add("a secret of this run");
  return [...found];
}

/** @returns whether a text contains one of the values, or a good part of it, plain or disguised */
export function holdsOneOf(text: string, values: readonly string[]): boolean {
  const known = values.filter((value) => value.length >= VALUE_CHARS_MIN).flatMap(disguises);
  if (known.length === 0) return false;
  return containsPartOf(known, text) || containsPartOf(known.map(withoutSeparators), withoutSeparators(text));
}
