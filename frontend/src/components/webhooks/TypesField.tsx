import { EVENT_TYPES, typeOf } from "@/lib/webhooks/types";

interface TypesFieldProps {
  chosen: readonly string[];
  /** None is chosen. */
  missing: boolean;
}

/** The types of events to choose from. */
export function TypesField({ chosen, missing }: TypesFieldProps) {
  return (
    <div className="grid gap-4 sm:col-span-2 sm:grid-cols-3">
      {Object.entries(EVENT_TYPES).map(([subject, verbs]) => (
        <fieldset key={subject}>
          <legend className="label">A {subject} is</legend>
          <div className="grid gap-2">
            {verbs.map((verb) => (
              <label key={verb} className="flex items-center gap-3">
                <input
                  type="checkbox"
                  name="types"
                  value={typeOf(subject, verb)}
                  className="check check-square"
                  defaultChecked={chosen.includes(typeOf(subject, verb))}
                />
                {verb === "purged" ? "deleted for good" : verb}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <p role="alert" className="text-danger text-sm sm:col-span-3">
        {missing && "Tick at least one."}
      </p>
    </div>
  );
}
