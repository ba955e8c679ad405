// Postpones work until its result is first needed, and keeps the result.

export function once<T>(make: () => T): () => T {
  const kept: { readonly value: T }[] = [];
  return () => {
    const [first] = kept;
    if (first !== undefined) return first.value;
    const value = make();
    kept.push({ value });
    return value;
  };
}
