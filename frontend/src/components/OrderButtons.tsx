interface OrderButtonsProps {
  /** Where it stands among how many. */
  index: number;
  count: number;
  onMove: (index: number) => void;
}

/** Moves something of the sidebar up and down, without dragging. */
export function OrderButtons({ index, count, onMove }: OrderButtonsProps) {
  if (index < 0 || count < 2) return null;
  return (
    <>
      <button type="button" className="btn btn-plain" disabled={index === 0} onClick={() => onMove(index - 1)}>
        Move up
      </button>
      <button type="button" className="btn btn-plain" disabled={index === count - 1} onClick={() => onMove(index + 1)}>
        Move down
      </button>
    </>
  );
}
