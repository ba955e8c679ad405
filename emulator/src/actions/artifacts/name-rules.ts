// Which names an artifact may have: those that every file system can hold.

const FORBIDDEN = /["<>|*?:\r\n\\/]/;
const NAME_CHARS_MAX = 256;

/** @returns why the name is refused, or null */
export function artifactNameProblem(name: string): string | null {
  if (name === "") return "Artifact name is empty";
  if (name.length > NAME_CHARS_MAX) return `Artifact name is longer than ${NAME_CHARS_MAX} characters`;
  const found = FORBIDDEN.exec(name)?.[0];
  if (found === undefined) return null;
  return `The artifact name is not valid: ${name}. Contains the following character: ${JSON.stringify(found)}`;
}
