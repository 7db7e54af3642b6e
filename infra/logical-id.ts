/** `create-token` becomes `CreateToken`: construct ids, and so logical ids, which must never change. */
export function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
