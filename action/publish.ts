export async function publishWork(_inputs: unknown): Promise<void> {}
