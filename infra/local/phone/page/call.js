// A call that is going on: what the server tells of it, kept by leg and told on, and what people do in it.

import { post } from "/phone/page/server.js";

const EVENTS = ["call", "leg", "entry", "webhook", "verdict", "record", "sms", "faults", "ended"];
const OVER = ["completed", "busy", "no-answer", "failed", "canceled", "rejected"];
const SETTLED_AFTER = 400; // ms without an event: what happened before this window came has been told

/** Tells each event of a call to `watcher`: watcher.onLeg(leg), watcher.onEntry(entry), ..., and watcher.onLost(how). */
export class Call {
  /** `isNew`: it was placed just now, so that everything happens now. */
  constructor(name, watcher, isNew) {
    this.name = name;
    this.watcher = watcher;
    this.legs = new Map();
    this.told = null;
    this.isOver = false;
    this.over = new Promise((resolve) => (this.ends = resolve));
    this.isCatchingUp = !isNew;
    this.at = 0;
    this.source = new EventSource(`/phone/calls/${encodeURIComponent(name)}/events`);
    for (const kind of EVENTS) this.source.addEventListener(kind, (event) => this.hear(kind, event));
    this.source.onopen = () => this.watcher.onLost("");
    this.source.onerror = () => this.watcher.onLost(this.source.readyState === EventSource.CLOSED ? "gone" : "away");
  }

  hear(kind, event) {
    const told = { ...JSON.parse(event.data), id: Number(event.lastEventId) };
    clearTimeout(this.settling);
    if (this.isCatchingUp) this.settling = setTimeout(() => this.caughtUp(), SETTLED_AFTER);
    if (told.at !== undefined) this.at = told.at;
    if (kind === "call") this.told = told;
    if (kind === "leg") this.keep(told);
    if (kind === "ended") this.end();
    this.watcher[`on${kind[0].toUpperCase()}${kind.slice(1)}`](told);
  }

  /** Seconds since the call was placed, by its own clock; the server's clock is this machine's. */
  get now() {
    const runs = !this.isOver && this.told?.speed === "real";
    return runs ? Math.max(this.at, Date.now() / 1000 - this.told.placed) : this.at;
  }

  caughtUp() {
    this.isCatchingUp = false;
    this.watcher.onCaughtUp();
  }

  keep(leg) {
    const before = this.legs.get(leg.sid);
    leg.isAlive = !OVER.includes(leg.state);
    leg.answeredAt = before?.answeredAt ?? (leg.state === "in-progress" ? leg.at : null);
    leg.endedAt = before?.endedAt ?? (leg.isAlive ? null : leg.at);
    leg.handset = this.handsetOf(leg);
    this.legs.set(leg.sid, leg);
  }

  /** Whose telephone a leg is: a caller who is rung back holds the same one as before. */
  handsetOf(leg) {
    const isCallers = leg.direction !== "inbound" && this.told.shown && leg.number === this.told.shown;
    return isCallers ? "caller" : leg.name;
  }

  end() {
    this.isOver = true;
    this.source.close();
    this.ends();
  }

  act(leg, act, keys = "") {
    return post(`/phone/calls/${encodeURIComponent(this.name)}/legs/${encodeURIComponent(leg.sid)}`, { do: act, keys });
  }

  hangUp() {
    return post(`/phone/calls/${encodeURIComponent(this.name)}/hang_up`, {});
  }

  get script() {
    return `/phone/calls/${encodeURIComponent(this.name)}/script`;
  }

  /** The address of this page on this call, in the window of one handset or of all. */
  static address(name, handset = "") {
    const query = new URLSearchParams({ call: name, ...(handset && { handset }) });
    return `/?${query}`;
  }
}
