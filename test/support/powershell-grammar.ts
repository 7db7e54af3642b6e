import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { namesOf, type ScriptNames } from './powershell-script.ts';

/**
 * How a grammar of PowerShell reads a text (tree-sitter-powershell). It is no PowerShell: none can be had from the
 * package registries. It does not know that PowerShell takes typographic quotes for quotes.
 */
export class PowershellGrammar {
  readonly #parser: Parser;

  private constructor(parser: Parser) {
    this.#parser = parser;
  }

  static async load(): Promise<PowershellGrammar> {
    await Parser.init();
    const wasm = import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
    const parser = new Parser();
    parser.setLanguage(await Language.load(fileURLToPath(wasm)));
    return new PowershellGrammar(parser);
  }

  /** Frees it; nothing can be asked after that. */
  close(): void {
    this.#parser.delete();
  }

  /** The program and arguments of a text that is one command and nothing else. @throws Error where it is not. */
  argumentsOf(text: string): readonly string[] {
    const root = this.#parse(text);
    const commands = root.descendantsOfType('command');
    const [command] = commands;
    if (commands.length !== 1 || command === null || command === undefined || command.text !== text)
      throw new Error(`not one command: ${text}`);
    return command.namedChildren.filter((child) => child !== null).flatMap(words);
  }

  /** The values of all single-quoted strings of a text. @throws Error where the grammar does not fit. */
  literalsOf(text: string): readonly string[] {
    return this.#parse(text)
      .descendantsOfType('verbatim_string_characters')
      .filter((node) => node !== null)
      .map(literal);
  }

  /** What a script does by name. @throws Error where the grammar does not fit. */
  namesOf(text: string): ScriptNames {
    return namesOf(this.#parse(text));
  }

  #parse(text: string): Node {
    const root = this.#parser.parse(text)?.rootNode;
    if (root === undefined || root.hasError) throw new Error(`no PowerShell: ${root && firstError(root)}`);
    return root;
  }
}

/** Where the grammar gave up. */
function firstError(node: Node): string {
  if (node.isError || node.isMissing) return `line ${node.startPosition.row + 1}: ${node.text.slice(0, 200)}`;
  const child = node.children.find((one) => one?.hasError || one?.isMissing);
  return child ? firstError(child) : node.text.slice(0, 200);
}

/** The one word that a part of a command is; none for what stands between words. */
function words(node: Node): readonly string[] {
  switch (node.type) {
    case 'command_argument_sep':
    case 'command_invokation_operator':
      return [];
    case 'command_elements':
      return node.namedChildren.filter((child) => child !== null).flatMap(words);
    case 'generic_token':
    case 'command_parameter':
      return [node.text];
    case 'command_name':
      return [node.text];
    default: {
      const strings = node.descendantsOfType('verbatim_string_characters').filter((child) => child !== null);
      const [string] = strings;
      if (strings.length !== 1 || string === undefined || string.text !== node.text)
        throw new Error(`no literal: ${node.type} ${node.text}`);
      return [literal(string)];
    }
  }
}

function literal({ text }: Node): string {
  return text.slice(1, -1).replaceAll("''", "'");
}
