/** What a row is dragged by; by keyboard it is moved with Alt and the arrows. */
export function Grip() {
  return (
    <span data-grip aria-hidden="true" className="grip">
      ⠿
    </span>
  );
}
