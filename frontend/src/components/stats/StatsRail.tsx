"use client";

export function StatsRail() {
  return null;
}
