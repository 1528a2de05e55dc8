// The page: a call is chosen, rung, held on its handsets, and looked into. /?call=ID joins a call that is going on.

import { Call } from "/phone/page/call.js";
import { element } from "/phone/page/element.js";
import { Faults } from "/phone/page/faults.js";
import { Flow } from "/phone/page/flow.js";
import { Handset } from "/phone/page/handset.js";
import { Messages } from "/phone/page/messages.js";
import { Records } from "/phone/page/records.js";
import { get } from "/phone/page/server.js";
import { Setup } from "/phone/page/setup.js";
import { Tabs } from "/phone/page/tabs.js";
import { Verdict } from "/phone/page/verdict.js";
import { Webhooks } from "/phone/page/webhooks.js";
import { load } from "/phone/page/words.js";

const ENDS_WITHIN = 3000; // ms
const FIRST = ["caller", "customer"];

class Page {
  constructor(words, ready, calls, query) {
    this.words = words;
    this.only = query.get("handset") ?? "";
    this.handsets = new Map();
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
    this.beside = element("aside", { class: "beside", "aria-label": words.text("beside") });
    const going = calls.filter((call) => !call.over);
    document.body.append(
      element("a", { class: "skip", href: "#handsets" }, words.text("skip")),
      this.header(),
      element(
        "main",
        { class: this.only ? "only" : "" },
        this.only ? element("h1", {}, words.text("title.handset", { person: words.textOr(`person.${this.only}`, this.only) })) : this.introduction(going),
        this.faults.banner,
        this.lost,
        element("div", { class: "strip" }, this.line, this.stop),
        this.done,
        element("div", { class: "table" }, element("div", { id: "handsets", tabindex: "-1" }, this.row), this.only ? "" : this.beside),
      ),
    );
  }

  introduction(going) {
    const { words } = this;
    return element(
      "div",
      { class: "introduction" },
      element("h1", {}, words.text("title")),
      element("p", {}, words.text("about")),
      going.length > 0 && element("p", {}, `${words.text("going")} `, going.map((call) => [element("a", { href: Call.address(call.call) }, words.text("going.one", { from: call.from, to: call.to })), " "])),
      element("div", { class: "tools" }, this.choosing, this.faults.root),
    );
  }

  header() {
    const { words } = this;
    const others = words.others.map((code) => element("a", { class: "language", lang: code, hreflang: code, href: "", click: (event) => this.speak(event, code) }, words.text(`language.${code}`)));
    return element("header", { class: "bar" }, element("a", { class: "brand", href: "/" }, words.text("brand")), element("nav", { "aria-label": words.text("elsewhere") }, element("a", { href: "/desk" }, words.text("desk")), others));
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
    const outcome = told.outcome ? words.textOr(`outcome.${told.outcome}`, told.outcome) : words.text("outcome.none");
    this.done.replaceChildren(
      element("p", {}, element("b", {}, `${words.text("call.ended")} `), outcome),
      ...[...told.went_wrong, ...told.notes].map((sentence) => element("p", { class: "problem", lang: "en" }, sentence)),
      element("p", { class: "row" }, element("a", { class: "button", href: this.call.script, download: "" }, words.text("call.save")), element("button", { type: "button", class: "quiet", click: () => this.again() }, words.text("call.again"))),
    );
  }

  again() {
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
