import type { NewPush } from "../api/generated/types.gen";
import type { notificationCalls } from "../api/notifications";
import { registerWorker } from "../service-worker";

type Calls = ReturnType<typeof notificationCalls>;

/** `expired`: this browser is subscribed, but nothing is pushed to it any more. */
export type PushState = "unsupported" | "denied" | "off" | "on" | "expired";

export interface Pushing {
  state: PushState;
  /** How many other browsers are pushed to. */
  others: number;
}

export async function readPush(calls: Calls, signal?: AbortSignal): Promise<Pushing> {
  const { subscriptions } = (await calls.getPush(signal)).data;
  const own = await ownSubscription();
  const known = subscriptions.some(({ endpoint }) => endpoint === own?.endpoint);
  return { state: stateOf(own, known), others: subscriptions.length - Number(known) };
}

function stateOf(own: PushSubscription | null, known: boolean): PushState {
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  if (!own) return "off";
  return known ? "on" : "expired";
}

/** Asks for the permission where it is not given yet. */
export async function turnOn(calls: Calls): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return;
  const worker = await registerWorker();
  if (!worker) return;
  await (await ownSubscription())?.unsubscribe();
  const { public_key } = (await calls.getPush()).data;
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key });
  try {
    await calls.subscribe(keysOf(made));
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
}

/** Pushing ends with the session that asked for it: one that began later in the same browser takes its place. */
export async function keepOn(calls: Calls): Promise<void> {
  const own = await ownSubscription();
  if (own && (await readPush(calls)).state === "on") await calls.subscribe(keysOf(own));
}

export async function turnOff(calls: Calls): Promise<void> {
  const own = await ownSubscription();
  if (!own) return;
  await own.unsubscribe();
  await calls.unsubscribe(own.endpoint);
}

function keysOf(subscription: PushSubscription): NewPush {
  const { endpoint = "", keys } = subscription.toJSON();
  return { endpoint, keys: { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" } };
}

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function ownSubscription(): Promise<PushSubscription | null> {
  if (!isSupported()) return null;
  return (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription() ?? null;
}
