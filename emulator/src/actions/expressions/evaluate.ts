// The expression language of workflow files: parsing and evaluation through GitHub's own library, over contexts that the
// caller supplies. Knows no run and reads no file; functions that do (hashFiles, success …) are handed in.
import { data, Evaluator, ExpressionError, ExpressionEvaluationError, Lexer, Parser } from "@actions/expressions";
import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import type { FunctionDefinition, FunctionInfo } from "@actions/expressions/funcs/info";
import { falsy } from "@actions/expressions/result";
import { conditionSource, soleExpression, splitTemplate, TemplateSyntaxError } from "./template.ts";

export type { ExpressionData, FunctionDefinition };

/** What an expression may see. */
export interface Scope {
  readonly contexts: Readonly<Record<string, ExpressionData>>;
  readonly functions: readonly FunctionDefinition[];
}

/** The author of the file made a mistake; the text is for people. */
export class ExpressionFailure extends Error {}

/** GitHub refuses longer expressions. */
const EXPRESSION_CHARS_MAX = 21_000;

const STATUS_FUNCTIONS = new Set(["always", "cancelled", "failure", "success"]);

/** @returns why the expression cannot be used where only these names are known, or null */
export function expressionProblem(
  source: string,
  contexts: readonly string[],
  functions: readonly FunctionInfo[],
): string | null {
  try {
    parse(source, contexts, functions);
    return null;
  } catch (error) {
    return describe(error, source);
  }
}

/** @throws ExpressionFailure */
export function evaluate(source: string, scope: Scope): ExpressionData {
  try {
    const tree = parse(source, Object.keys(scope.contexts), scope.functions);
    const context = new data.Dictionary(...Object.entries(scope.contexts).map(([key, value]) => ({ key, value })));
    const functions = new Map(scope.functions.map((definition) => [definition.name.toLowerCase(), definition]));
    return new Evaluator(tree, context, functions).evaluate();
  } catch (error) {
    throw new ExpressionFailure(describe(error, source));
  }
}

/** Replaces every `${{ … }}` by its value as text. */
export function interpolate(template: string, scope: Scope): string {
  return split(template)
    .map((part) => (part.kind === "text" ? part.text : evaluate(part.source, scope).coerceString()))
    .join("");
}

/** Like `interpolate`, but a template that is one expression keeps the type of its value. */
export function evaluateTemplate(template: string, scope: Scope): unknown {
  const parts = split(template);
  const sole = soleExpression(parts);
  return sole === null ? interpolate(template, scope) : toPlain(evaluate(sole, scope));
}

/**
 * An `if:`. Without a status function in it, it also demands `success()`; an absent one is `success()`.
 * A text with an expression in the middle is a non-empty text and therefore true, as on GitHub.
 */
export function evaluateCondition(condition: string | null, scope: Scope): boolean {
  const source = condition === null ? "" : conditionSource(condition);
  if (source === "") return !falsy(evaluate("success()", scope));
  const mixed = source.includes("${{");
  const value = mixed ? new data.StringData(interpolate(source, scope)) : evaluate(source, scope);
  const sources = mixed ? split(source).flatMap((part) => (part.kind === "expression" ? [part.source] : [])) : [source];
  return !falsy(value) && (sources.some(hasStatusFunction) || !falsy(evaluate("success()", scope)));
}

/** A plain JSON value as the library's data. */
export function toData(value: unknown): ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: toData(item) })));
}

/** The library's data as a plain JSON value. */
export function toPlain(value: ExpressionData): unknown {
  if (value instanceof data.Array) return value.values().map(toPlain);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map((pair) => [pair.key, toPlain(pair.value)]));
  }
  if (value instanceof data.NumberData) return value.number();
  if (value instanceof data.BooleanData) return value.value;
  return value instanceof data.Null ? null : value.coerceString();
}

function parse(source: string, contexts: readonly string[], functions: readonly FunctionInfo[]) {
  if (source.length > EXPRESSION_CHARS_MAX)
    throw new ExpressionFailure(`Exceeded max expression length ${EXPRESSION_CHARS_MAX}`);
  return new Parser(new Lexer(source).lex().tokens, [...contexts], [...functions]).parse();
}

function split(template: string) {
  try {
    return splitTemplate(template);
  } catch (error) {
    throw new ExpressionFailure(describe(error, template));
  }
}

function hasStatusFunction(source: string): boolean {
  const tokens = new Lexer(source).lex().tokens;
  return tokens.some((token, at) => STATUS_FUNCTIONS.has(token.lexeme.toLowerCase()) && tokens[at + 1]?.lexeme === "(");
}

function describe(error: unknown, source: string): string {
  if (error instanceof ExpressionFailure || error instanceof TemplateSyntaxError) return error.message;
  if (error instanceof ExpressionError || error instanceof ExpressionEvaluationError) {
    return `${error.message}. Located within expression: ${source}`;
  }
  if (error instanceof Error) return `${error.message}: ${source}`;
  throw error;
}
