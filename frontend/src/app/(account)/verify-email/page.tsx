import type { Metadata } from "next";
import { VerifyEmail } from "@/components/account/VerifyEmail";

export const metadata: Metadata = { title: "Verify your email" };

export default function Page() {
  return <VerifyEmail />;
}
