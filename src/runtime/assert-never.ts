/** Lets the compiler count the cases of a union; reached only when data breaks its type. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
