// Remembers which deliveries were taken, so that a repeated one costs nothing. A cache: forgetting is harmless, because
// a webhook only says where to look.

/** Deliveries that are remembered: three days at one every five seconds. */
export const DELIVERIES_REMEMBERED = 50_000;

export interface SeenDeliveries {
  /** @returns false when this delivery has been taken before */
  take(id: string): boolean;
  /** What was taken came to nothing: the next try with the same id is a new one. */
  giveBack(id: string): void;
}

export function createSeenDeliveries(remembered = DELIVERIES_REMEMBERED): SeenDeliveries {
  const ids = new Set<string>();
  return {
    take(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      if (ids.size > remembered) {
        // A set remembers the order of insertion: its first member is the oldest.
        for (const oldest of ids) {
          ids.delete(oldest);
          break;
        }
      }
      return true;
    },
    giveBack(id) {
      ids.delete(id);
    },
  };
}
