export function byId<T extends { id: string }>(found: readonly T[]): ReadonlyMap<string, T> {
  return new Map(found.map((each) => [each.id, each]));
}
