import type { Metadata } from "next";
import { ForgotPasswordForm } from "@/components/account/ForgotPasswordForm";

export const metadata: Metadata = { title: "Forgotten password" };

export default function Page() {
  return <ForgotPasswordForm />;
}
