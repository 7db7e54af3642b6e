import type { Node } from 'web-tree-sitter';

/** What a script of PowerShell does by name, as far as its syntax tells. */
export interface ScriptNames {
  /** Functions that it defines. */
  readonly functions: readonly string[];
  /** Commands that it calls by name, with the parameters that it names; each as it is written. */
  readonly commands: readonly { readonly name: string; readonly parameters: readonly string[] }[];
  /** Variables that it sets, in lower case and without scope: by assignment, as a parameter, or in a loop. */
  readonly assigned: ReadonlySet<string>;
  /** Variables that it mentions, likewise, with the line of the first mention. */
  readonly mentioned: ReadonlyMap<string, number>;
}

/** Reads the names of a script whose syntax is right. */
export function namesOf(root: Node): ScriptNames {
  const all = (type: string, under = root) => under.descendantsOfType(type).filter((node) => node !== null);
  const first = (type: string) => all(type).flatMap((node) => all('variable', node).slice(0, 1));
  const targets = all('left_assignment_expression').filter((node) => !/[.[]/.test(node.text));
  return {
    functions: all('function_name').map(({ text }) => text),
    commands: all('command').flatMap((node) => {
      const [name] = all('command_name', node).map(({ text }) => text);
      const parameters = all('command_parameter', node)
        .filter((parameter) => commandOf(parameter)?.id === node.id)
        .map(({ text }) => text);
      return name === undefined || !/^[A-Za-z]/.test(name) ? [] : [{ name, parameters }];
    }),
    assigned: new Set(
      [
        ...targets.flatMap((node) => all('variable', node)),
        ...first('script_parameter'),
        ...first('foreach_statement'),
      ].map(nameOf),
    ),
    mentioned: new Map(
      all('variable')
        .reverse()
        .map((node) => [nameOf(node), node.startPosition.row + 1]),
    ),
  };
}

/** The command that a word belongs to: not one around it. */
function commandOf(node: Node): Node | null {
  return node.parent === null || node.parent.type === 'command' ? node.parent : commandOf(node.parent);
}

function nameOf({ text }: Node): string {
  return text
    .toLowerCase()
    .replace(/^\$\{?(?:script:)?/, '')
    .replace(/\}$/, '');
}
