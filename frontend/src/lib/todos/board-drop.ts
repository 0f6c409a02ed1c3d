import type { Column } from "./layouts";
import { type Drop, gapAt, overMark } from "./pointer";

const EDGE = 48;
const SPEED = 12;

/** Where a card goes on a board: into the column it is over, in the user's own order also between two of its cards. */
export function cardDrop(
  columns: readonly Column[],
  id: string,
  ordered: boolean,
  move: (column: Column, gap: number | null) => void,
): Drop {
  const over = overMark("column");
  const board = document.querySelector<HTMLElement>(".board");
  let target: Column | undefined;
  let gap: number | null = null;

  function scroll(x: number): void {
    const box = board?.getBoundingClientRect();
    if (!board || !box) return;
    if (x < box.left + EDGE) board.scrollLeft -= SPEED;
    else if (x > box.right - EDGE) board.scrollLeft += SPEED;
  }

  return {
    at(x, y) {
      scroll(x);
      const key = over.enter(x, y);
      target = columns.find((column) => column.key === key);
      gap = null;
      const own = target?.rows.some((row) => row.key === id);
      // A priority is no place: a card that gets another one stays where it is in the order.
      if (!target || !ordered || !(own || target.project !== undefined)) return null;
      const rest = target.rows.map((row) => row.key).filter((each) => each !== id);
      const place = gapAt(y, "row", new Set(rest));
      gap = place?.next ? rest.indexOf(place.next) : rest.length;
      return place;
    },
    take: () => target && move(target, gap),
    leave: over.leave,
  };
}
