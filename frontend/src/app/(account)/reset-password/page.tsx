import type { Metadata } from "next";
import { ResetPasswordForm } from "@/components/account/ResetPasswordForm";

export const metadata: Metadata = { title: "New password" };

export default function Page() {
  return <ResetPasswordForm />;
}
