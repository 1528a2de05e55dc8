// The page: a call is chosen, rung, held on its handsets, and looked into. /?call=ID joins a call that is going on.

import { Call } from "/phone/page/call.js";
import { element } from "/phone/page/element.js";
import { Faults } from "/phone/page/faults.js";
import { Flow } from "/phone/page/flow.js";
import { Handset } from "/phone/page/handset.js";
import { Messages } from "/phone/page/messages.js";
import { Records } from "/phone/page/records.js";
import { get, post } from "/phone/page/server.js";
import { Setup } from "/phone/page/setup.js";
import { Tabs } from "/phone/page/tabs.js";
import { Verdict } from "/phone/page/verdict.js";
import { Webhooks } from "/phone/page/webhooks.js";
import { load } from "/phone/page/words.js";

const ENDS_WITHIN = 3000; // ms
const LOOKS_AGAIN = 300; // ms
const FIRST = ["caller", "customer"];

class Page {
  constructor(words, ready, calls, query) {
    this.words = words;
    this.only = query.get("handset") ?? "";
    this.handsets = new Map();
    this.aloud = new Set(); // the telephones that speak, in the next call too
    this.faults = new Faults(words);
    this.setup = new Setup(ready, words, () => this.leave(), (name) => this.join(name, true));
    this.build(calls);
    if (query.get("call")) this.join(query.get("call"), false);
    else this.clear();
    setInterval(() => this.tick(), 500);
  }

  build(calls) {
    const { words } = this;
    this.choosing = element("details", { class: "choosing", open: true }, element("summary", {}, words.text("setup.title")), this.setup.root);
    this.lost = element("p", { class: "notice bad", role: "alert", hidden: true });
    this.line = element("div", { class: "line", role: "status" });
    this.done = element("div", { class: "done", role: "status" });
    this.stop = element("button", { type: "button", class: "danger", hidden: true, click: () => this.call.hangUp() }, words.text("call.hang_up"));
    this.row = element("div", { class: "handsets" });
    this.going = element("ul", { class: "going notice", hidden: true });
    this.beside = element("aside", { class: "beside", "aria-label": words.text("beside") });
    document.body.append(
      element("a", { class: "skip", href: "#handsets" }, words.text("skip")),
      this.header(),
      element(
        "main",
        { class: this.only ? "only" : "" },
        this.only ? element("h1", {}, words.text("title.handset", { person: words.textOr(`person.${this.only}`, this.only) })) : this.introduction(),
        this.faults.banner,
        this.lost,
        element("div", { class: "strip" }, this.line, this.stop),
        this.done,
        element("div", { class: "table" }, element("div", { id: "handsets", tabindex: "-1" }, this.row), this.only ? "" : this.beside),
      ),
    );
    this.tellGoing(calls);
  }

  introduction() {
    const { words } = this;
    return element(
      "div",
      { class: "introduction" },
      element("h1", {}, words.text("title")),
      element("p", {}, words.text("about")),
      this.going,
      element("div", { class: "tools" }, this.choosing, this.faults.root),
    );
  }

  header() {
    const { words } = this;
    const others = words.others.map((code) => element("a", { class: "language", lang: code, hreflang: code, href: "", click: (event) => this.speak(event, code) }, words.text(`language.${code}`)));
    return element("header", { class: "bar" }, element("a", { class: "brand", href: "/" }, words.text("brand")), element("nav", { "aria-label": words.text("elsewhere") }, element("a", { href: "/desk" }, words.text("desk")), others));
  }

  /** Calls that go on and that no telephone of this window belongs to: they hold their lines until somebody hangs up. */
  tellGoing(calls) {
    const { words } = this;
    const going = calls.filter((call) => !call.over && call.call !== this.call?.name);
    this.going.hidden = going.length === 0;
    this.going.replaceChildren(
      element("li", {}, words.text("going")),
      ...going.map(({ call, from, to }) =>
        element("li", {}, element("a", { href: Call.address(call) }, words.text("going.one", { from, to })), " ", element("button", { type: "button", class: "quiet", click: () => this.endOther(call) }, words.text("going.end", { from }))),
      ),
    );
  }

  async endOther(name) {
    this.setup.ring.focus();
    await post(`/phone/calls/${encodeURIComponent(name)}/hang_up`, {}).catch(() => {});
    this.lookAround(name);
  }

  /** Ask which calls go on; again after a moment while one of them is just ending. */
  async lookAround(ending = "") {
    const { calls } = await get("/phone/calls").catch(() => ({ calls: [] }));
    this.tellGoing(calls);
    if (calls.some((call) => call.call === ending && !call.over)) setTimeout(() => this.lookAround(ending), LOOKS_AGAIN);
  }

  /** The page in another language: the call goes on, and this window joins it anew. */
  speak(event, code) {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set("lang", code);
    location.replace(address);
  }

  /** An empty table before a call, or for the next one. */
  clear() {
    const { words } = this;
    for (const [name, handset] of this.handsets) {
      if (handset.voice.isOn) this.aloud.add(name);
      else this.aloud.delete(name);
      handset.voice.stop();
    }
    this.handsets.clear();
    this.row.replaceChildren();
    this.flow = new Flow(words);
    [this.webhooks, this.verdict, this.records, this.messages] = [Webhooks, Verdict, Records, Messages].map((Panel) => new Panel(words));
    const panels = ["flow", "verdict", "webhooks", "records", "messages"];
    this.tabs = new Tabs(words.text("beside"), panels.map((name) => [name, words.text(`tab.${name}`), this[name].root]));
    this.tabs.root.addEventListener("chosen", () => this.flow.centre());
    this.beside.replaceChildren(this.tabs.root);
    this.line.replaceChildren();
    this.done.replaceChildren();
    for (const name of this.only ? [this.only] : FIRST) this.handset(name);
  }

  /** Hold the telephones of a call. `isOwn`: it was placed in this window. */
  join(name, isOwn) {
    this.call?.source.close();
    this.clear();
    this.choosing.open = false;
    if (isOwn) history.pushState(null, "", Call.address(name));
    this.call = new Call(name, this, isOwn);
    this.stop.hidden = Boolean(this.only);
    for (const handset of this.handsets.values()) {
      handset.of(name);
      if (isOwn) handset.announce();
    }
    this.lookAround();
    if (isOwn) {
      this.handset("caller").root.focus({ preventScroll: true });
      this.row.scrollIntoView({ block: "nearest" });
    }
  }

  /** The call that this window holds ends before the next one begins: its line would be engaged. */
  async leave() {
    if (!this.call || this.call.isOver) return;
    await this.call.hangUp();
    await Promise.race([this.call.over, new Promise((go) => setTimeout(go, ENDS_WITHIN))]);
  }

  handset(name) {
    if (!this.handsets.has(name)) {
      const handset = new Handset(name, this.words, (leg, act, keys) => this.call.act(leg, act, keys));
      this.handsets.set(name, handset);
      if (this.aloud.has(name)) handset.switchSound();
      if (this.call) handset.of(this.call.name);
      if (this.call && !this.call.isCatchingUp) handset.announce();
      if (!this.only || name === this.only) this.row.append(handset.root);
    }
    return this.handsets.get(name);
  }

  tick() {
    if (this.call) for (const handset of this.handsets.values()) handset.tick(this.call.now);
  }

  /** Where each leg belongs; webhooks about no leg of a telephone belong to none. */
  handsetOf(sid) {
    const leg = this.call.legs.get(sid);
    return leg ? this.handset(leg.handset) : null;
  }

  // What the call tells.

  onCall(told) {
    this.isFast = told.speed === "fast";
  }

  onLeg(leg) {
    const handset = this.handset(leg.handset);
    handset.isFast = this.isFast;
    handset.hold(leg);
    if (this.isFast) this.tellWhoIsWaitedFor();
    if (!leg.isAlive) this.flow.leave(leg.handset);
    this.tick();
  }

  tellWhoIsWaitedFor() {
    const waited = [...this.call.legs.values()].filter((leg) => leg.isAlive && leg.turn);
    const people = waited.map((leg) => this.words.textOr(`person.${leg.handset}`, leg.handset)).join(", ");
    for (const handset of this.handsets.values()) {
      handset.waitsFor = people;
      handset.show();
    }
  }

  onEntry(entry) {
    this.handsetOf(entry.sid)?.hear(entry, !this.call.isCatchingUp);
  }

  onWebhook(webhook) {
    const handset = this.call.legs.get(webhook.sid)?.handset ?? webhook.leg;
    this.webhooks.add({ ...webhook, leg: handset });
    this.tabs.count("webhooks");
    if (webhook.step && this.call.legs.get(webhook.sid)?.isAlive) this.flow.stand(handset, webhook.page, webhook.step);
  }

  onVerdict(told) {
    this.isReportLine = told.way === "report_line";
    this.verdict.show(told);
    this.line.replaceChildren(this.verdict.line);
  }

  onRecord(record) {
    this.records.add(record);
    this.tabs.count("records");
  }

  onSms(sms) {
    this.messages.add(sms);
    this.tabs.count("messages");
    if (sms.leg) this.handset(this.telephoneOf(sms)).message(sms);
  }

  telephoneOf(sms) {
    return sms.to === this.call.told.shown ? "caller" : sms.leg;
  }

  onFaults(faults) {
    this.faults.show(faults);
  }

  onEnded(told) {
    const { words } = this;
    this.stop.hidden = true;
    this.tick();
    const outcome = told.outcome ? words.textOr(`outcome.${told.outcome}`, told.outcome) : words.text(this.isReportLine ? "outcome.report_line" : "outcome.none");
    this.done.replaceChildren(
      element("p", {}, element("b", {}, `${words.text("call.ended")} `), outcome),
      ...[...told.went_wrong, ...told.notes].map((sentence) => element("p", { class: "problem" }, words.said(sentence))),
      element("p", { class: "row" }, element("button", { type: "button", click: () => this.again() }, words.text("call.again")), element("a", { href: this.call.script, download: "" }, words.text("call.save"))),
    );
  }

  again() {
    this.lookAround();
    this.setup.refresh();
    this.choosing.open = true;
    this.setup.ring.focus();
    this.choosing.scrollIntoView({ block: "start" });
  }

  onCaughtUp() {
    for (const handset of this.handsets.values()) handset.announce();
  }

  /** The connection: "" it stands, "away" for now, "gone" for good. */
  onLost(how) {
    this.lost.hidden = !how;
    this.lost.textContent = how ? this.words.text(`lost.${how}`, { call: this.call?.name ?? "" }) : "";
    if (how === "gone") this.again();
  }
}

const query = new URLSearchParams(location.search);
const words = await load(query.get("lang"));
document.documentElement.lang = words.code;
document.documentElement.dir = words.text("direction");
document.title = words.text("title");
const [ready, { calls }] = await Promise.all([get("/phone/callers"), get("/phone/calls")]);
new Page(words, ready, calls, query);
