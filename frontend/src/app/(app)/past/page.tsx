import type { Metadata } from "next";
import { PastPage } from "@/components/past/PastPage";

export const metadata: Metadata = { title: "Any day" };

export default function Page() {
  return <PastPage />;
}
