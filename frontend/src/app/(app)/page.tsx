import { TodosPage } from "@/components/todos/TodosPage";

export default function Page() {
  return <TodosPage />;
}
