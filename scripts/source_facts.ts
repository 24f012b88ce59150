// What a source file imports and which globals it touches, read from its syntax tree.
import ts from 'typescript';

/** A module that a file names, in whatever way: import, export from, import type, require, a triple-slash reference. */
export interface ImportFact {
  /** `undefined` if the name is computed, so that nobody can tell what it loads. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** A name that may be a global or a function of another module, with the member that is read from it at once, if any. */
export interface NameFact {
  readonly name: string;
  readonly member: string | undefined;
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly ImportFact[];
  readonly names: readonly NameFact[];
}

/**
 * The facts of one file. Names are taken by spelling, without scopes: a local variable called `process` counts as
 * `process`, which can raise a false alarm but never hide a real use.
 */
export function sourceFacts(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1;
  const imports: ImportFact[] = [];
  const names: NameFact[] = [];

  for (const { fileName, pos } of file.referencedFiles) imports.push({ specifier: `./${fileName}`, line: lineAt(pos) });
  for (const { fileName, pos } of file.typeReferenceDirectives)
    imports.push({ specifier: fileName, line: lineAt(pos) });

  const visit = (node: ts.Node): void => {
    const line = lineAt(node.getStart(file));
    const module = moduleNamed(node);
    if (module) imports.push({ specifier: literal(module.name), line });
    if (ts.isIdentifier(node) && mayBeGlobal(node)) names.push({ name: node.text, member: memberOf(node), line });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, names };
}

/** The node that names a module, if `node` loads one or takes types from it. */
function moduleNamed(node: ts.Node): { name: ts.Node | undefined } | undefined {
  if (ts.isImportDeclaration(node)) return { name: node.moduleSpecifier };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return { name: node.moduleSpecifier };
  if (ts.isExternalModuleReference(node)) return { name: node.expression };
  if (ts.isImportTypeNode(node)) return { name: node.argument };
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const loads =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require') ||
    (ts.isPropertyAccessExpression(callee) && callee.expression.getText() === 'require');
  return loads ? { name: node.arguments[0] } : undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  if (node && ts.isLiteralTypeNode(node)) return literal(node.literal);
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** All but members of other values and the keys of literals, classes and interfaces. */
function mayBeGlobal(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !((ts.isTypeElement(parent) || ts.isClassElement(parent)) && parent.name === node);
}

/** `env` in `process.env`, `process['env']`, `process?.env` and `(process as X).env`. */
function memberOf(node: ts.Identifier): string | undefined {
  let value: ts.Node = node;
  while (
    ts.isParenthesizedExpression(value.parent) ||
    ts.isAsExpression(value.parent) ||
    ts.isNonNullExpression(value.parent)
  ) {
    value = value.parent;
  }
  const parent = value.parent;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === value) return parent.name.text;
  if (ts.isElementAccessExpression(parent) && parent.expression === value) return literal(parent.argumentExpression);
  return undefined;
}
