import type { Metadata } from "next";
import { AdminPage } from "@/components/admin/AdminPage";

export const metadata: Metadata = { title: "Administration" };

export default function Page() {
  return <AdminPage />;
}
