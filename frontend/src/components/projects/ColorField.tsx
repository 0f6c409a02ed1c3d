import { COLORS } from "@/lib/todos/projects";

const NONE = "none";

/** One of the colours of the app, or none. */
export function ColorField({ value, onChange }: { value: string | null; onChange: (color: string | null) => void }) {
  return (
    <fieldset>
      <legend className="label">Colour</legend>
      <div className="flex flex-wrap gap-1">
        {[NONE, ...Object.keys(COLORS)].map((name) => (
          <label key={name} className="swatch" title={name}>
            <input
              type="radio"
              name="color"
              className="sr-only"
              aria-label={name}
              checked={(value ?? NONE) === name}
              onChange={() => onChange(name === NONE ? null : name)}
            />
            <span className="size-5 rounded-full bg-line-strong" style={{ backgroundColor: COLORS[name] }} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
