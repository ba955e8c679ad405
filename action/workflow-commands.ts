// How a step talks to GitHub Actions: lines on standard output that it understands. Text from elsewhere cannot forge one.

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** From now on the value is shown as stars in every log of the job. */
export function mask(value: string): void {
  if (value !== "") console.log(`::add-mask::${escaped(value)}`);
}

/** A line that people see at the top of the run. */
export function notice(text: string): void {
  console.log(`::notice title=Signalbox::${escaped(text)}`);
}

export function warning(text: string): void {
  console.log(`::warning title=Signalbox::${escaped(text)}`);
}

export function fail(text: string): void {
  console.log(`::error title=Signalbox::${escaped(text)}`);
  process.exitCode = 1;
}

/** A plain line of the log; what looks like a command is broken up. */
export function say(text: string): void {
  console.log(text.replaceAll(/^::/gm, ": :").replaceAll("\r", ""));
}
