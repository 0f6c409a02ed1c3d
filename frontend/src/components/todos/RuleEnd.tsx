import { useToday } from "@/lib/todos/context";
import { bounded, type RuleParts } from "@/lib/todos/rules";
import { Select } from "../Select";

const ENDS: [string, string][] = [
  ["", "for ever"],
  ["UNTIL", "until"],
  ["COUNT", "so many times"],
];
const MOST = 1_000;

interface RuleEndProps {
  parts: RuleParts;
  change: (changed: Record<string, string>) => void;
}

/** When a rule ends. */
export function RuleEnd({ parts, change }: RuleEndProps) {
  const today = useToday();
  const [count, until] = [parts.get("COUNT"), parts.get("UNTIL")];
  const writeDay = (day: string) => day && change({ UNTIL: day.replaceAll("-", "") });
  function choose(end: string): void {
    if (end === "UNTIL")
      change({ COUNT: "", UNTIL: `${Number(today.slice(0, 4)) + 1}${today.slice(5).replace("-", "")}` });
    else change({ UNTIL: "", COUNT: end && "10" });
  }
  return (
    <>
      <Select
        aria-label="Ends"
        className="field min-h-8 py-1 text-sm"
        value={until ? "UNTIL" : count ? "COUNT" : ""}
        options={ENDS}
        onChange={(event) => choose(event.target.value)}
      />
      {until && (
        <input
          type="date"
          aria-label="Last day"
          value={until.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3")}
          onChange={(event) => writeDay(event.target.value)}
          className="field min-h-8 w-auto py-1 text-sm"
        />
      )}
      {count && (
        <input
          type="number"
          aria-label="Times"
          min={1}
          max={MOST}
          value={count}
          onChange={(event) => change({ COUNT: String(bounded(event.target.value, MOST)) })}
          className="field min-h-8 w-20 py-1"
        />
      )}
    </>
  );
}
