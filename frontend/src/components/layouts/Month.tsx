import { type KeyboardEvent, type MouseEvent, type PointerEvent, useMemo, useState } from "react";
import { addDays, formatDay, weekdayOf } from "@/lib/time";
import { dragCard } from "@/lib/todos/card-drag";
import { useToday, useTodoActions, useTodos, useUser } from "@/lib/todos/context";
import { grouped, toDay } from "@/lib/todos/layouts";
import { monthOf, shiftMonth, weeksOf } from "@/lib/todos/months";
import { overMark } from "@/lib/todos/pointer";
import type { TodoRow } from "@/lib/todos/rows";
import { Icon } from "../Icon";
import { DayAgenda } from "./DayAgenda";
import { DayCell } from "./DayCell";
import type { LayoutProps } from "./layout-props";
import { useLayoutHandle } from "./use-layout-handle";

/** The key of the todos without a due day. */
const NO_DAY = "";
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A month of due days, and below it the todos of the day that is chosen. */
export function Month({ cards, list, renderTodo, edit }: LayoutProps & { edit: (id: string) => void }) {
  const today = useToday();
  const { week_start } = useUser();
  const { todos } = useTodos();
  const { run } = useTodoActions();
  const [day, setDay] = useState(today);
  const [month, setMonth] = useState(monthOf(today));
  const { frame, wanted } = useLayoutHandle(list);
  const byDay = useMemo(() => grouped(cards, ({ todo }) => todo.due_date ?? NO_DAY), [cards]);
  const weeks = useMemo(() => weeksOf(month, week_start), [month, week_start]);
  const of = (key: string): TodoRow[] => byDay.get(key) ?? [];

  function choose(next: string): void {
    setDay(next);
    if (next !== NO_DAY) setMonth(monthOf(next));
  }

  function show(count: number): void {
    choose(shiftMonth(day === NO_DAY ? `${month}-01` : day, count));
  }

  function moveTo(id: string, next: string): void {
    const todo = todos.get(id);
    const action = todo && toDay(todo, next || null);
    if (action) void run([action]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const target = event.target as Element;
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = target.closest<HTMLElement>("[data-row]")?.dataset.row;
    if (id && event.altKey) {
      const next = addDays(day || today, step);
      moveTo(id, next);
      choose(next);
      requestAnimationFrame(() => list.current?.focusRow(id));
    } else if (id && Math.abs(step) === 7) {
      const rows = of(day);
      const next = rows[rows.findIndex(({ key }) => key === id) + Math.sign(step)];
      if (next) list.current?.focusRow(next.key);
    } else if (!id && target.closest("td") && !event.altKey) {
      const next = addDays(day || today, step);
      choose(next);
      requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-day="${next}"] button`)?.focus());
    } else return;
    event.preventDefault();
  }

  function onPointerDown(event: PointerEvent): void {
    dragCard(event.nativeEvent, (id) => {
      const over = overMark("day");
      let next: string | undefined;
      return {
        at(x, y) {
          next = over.enter(x, y);
          return null;
        },
        take: () => next !== undefined && moveTo(id, next),
        leave: over.leave,
      };
    });
  }

  function onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const entry = target.closest<HTMLElement>(".day-entry")?.dataset.row;
    const chosen = target.closest<HTMLElement>("[data-day]")?.dataset.day;
    if (entry) edit(entry);
    else if (chosen !== undefined) choose(chosen);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: days and todos in it take the focus; here are the keys of all
    <div ref={frame} data-movable onKeyDown={onKeyDown} onPointerDown={onPointerDown} onClick={onClick}>
      <div className="mt-4 flex flex-wrap items-center gap-1">
        <h2 className="me-auto text-base" aria-live="polite">
          {formatDay(`${month}-01`, "monthYear")}
        </h2>
        <button type="button" className="btn-icon" aria-label="Previous month" onClick={() => show(-1)}>
          <Icon name="back" />
        </button>
        <button type="button" className="btn btn-quiet px-2" onClick={() => choose(today)}>
          Today
        </button>
        <button type="button" className="btn-icon" aria-label="Next month" onClick={() => show(1)}>
          <Icon name="back" className="size-4.5 rotate-180" />
        </button>
        <button type="button" className="chip px-2.5" data-day={NO_DAY} aria-pressed={day === NO_DAY}>
          No day
          <span className="text-faint text-xs tabular-nums">{of(NO_DAY).length}</span>
        </button>
      </div>
      <table className="month">
        <thead>
          <tr>
            {weeks[0]?.map((each) => (
              <th key={weekdayOf(each)} scope="col">
                {formatDay(each, "short")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((each) => (
                <DayCell
                  key={each}
                  day={each}
                  rows={of(each)}
                  chosen={each === day}
                  today={each === today}
                  outside={monthOf(each) !== month}
                  tabbable={each === (monthOf(day || today) === month ? day || today : `${month}-01`)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <DayAgenda key={day} day={day} rows={of(day)} wanted={wanted} renderTodo={renderTodo} />
    </div>
  );
}
