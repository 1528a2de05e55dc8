// One telephone: its screen, what its leg hears, its keypad, and what its person can do with it now.

import { Call } from "/phone/page/call.js";
import { element, isolated } from "/phone/page/element.js";
import { Voice } from "/phone/page/voice.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES_OF_KEYS = { "*": "key.star", "#": "key.hash" };
const SPEAKING_FOR_THEMSELVES = ["answered", "bridged", "joined", "waits alone", "left", "left alone", "hung up", "queued"]; // more would be names of the carrier's
const TYPED_FOR = 2500; // ms that a typed key stays on the screen

export class Handset {
  /** `act(leg, act, keys)` does something on the telephone, and rejects with a sentence where it can't. */
  constructor(name, words, act) {
    this.name = name;
    this.words = words;
    this.act = act;
    this.leg = null;
    this.said = new Map();
    this.isFast = false;
    this.isSpeaking = false;
    this.waitsFor = ""; // whom the time of a fast call waits for
    this.voice = new Voice();
    this.build();
    this.show();
  }

  build() {
    const { words, name } = this;
    const title = words.textOr(`person.${name}`, name);
    const heading = `handset-${name.replace(/\W/g, "-")}`;
    this.own = element("span", { class: "own" });
    this.state = element("span", { class: "state" });
    this.time = element("span", { class: "time number", role: "timer", "aria-label": words.text("handset.time") });
    this.shown = element("p", { class: "shown" });
    this.log = element("div", { class: "log", role: "log", "aria-live": "off", "aria-label": words.text("handset.heard", { person: title }), tabindex: "0" });
    this.typed = element("output", { class: "typed number", "aria-hidden": "true", dir: "ltr" });
    this.hint = element("p", { class: "hint" });
    this.problem = element("p", { class: "problem", role: "alert" });
    this.acts = Object.fromEntries(
      ["answer", "decline", "speak", "quiet", "wait", "hang_up"].map((act) => [act, this.button(act)]),
    );
    this.keypad = element("div", { class: "keypad", role: "group", "aria-label": words.text("handset.keypad"), dir: "ltr" }, KEYS.map((key) => this.key(key)));
    this.sound = element("button", { type: "button", class: "quiet", "aria-pressed": "false", click: () => this.switchSound() }, words.text("handset.sound"));
    this.window = element("a", { target: "_blank", rel: "opener", hidden: true }, words.text("handset.window"));
    this.root = element(
      "section",
      { class: "handset", "aria-labelledby": heading, tabindex: "-1", "data-handset": name, keydown: (event) => this.type(event) },
      element("header", {}, element("h2", { id: heading }, title), this.own),
      element("div", { class: "screen" }, element("p", { class: "status" }, element("span", { role: "status" }, this.state), this.time), this.shown, this.log, this.typed),
      this.hint,
      this.problem,
      element("div", { class: "acts" }, Object.values(this.acts)),
      this.keypad,
      element("footer", {}, this.sound, this.window),
    );
  }

  button(act) {
    return element("button", { type: "button", class: act, hidden: true, "data-act": act, click: () => this.does(act) }, this.words.text(`act.${act}`));
  }

  key(key) {
    const label = NAMES_OF_KEYS[key] && this.words.text(NAMES_OF_KEYS[key]);
    return element("button", { type: "button", "data-key": key, "aria-label": label, click: () => this.press(key) }, key);
  }

  /** The call that this telephone is used in, by its name. */
  of(call) {
    this.window.href = Call.address(call, this.name);
    this.window.hidden = false;
  }

  /** The leg has changed; what happened on an earlier one stays on the screen. */
  hold(leg) {
    if (this.leg && this.leg.sid !== leg.sid) {
      if (this.leg.isAlive && !leg.isAlive) return;
      if (!this.leg.isAlive && leg.endedAt !== null) return;
      this.log.append(element("hr"));
    }
    this.leg = leg;
    if (leg.asked !== "record") this.isSpeaking = false;
    if (!leg.isAlive) {
      this.quieten();
      this.voice.stop();
    }
    this.show();
  }

  /** Nothing is being said any more. */
  quieten() {
    this.log.querySelector(".now")?.classList.remove("now");
  }

  /** Add what was heard or done. `isLive`: it happens now, and is not told again. */
  hear(entry, isLive) {
    const before = this.said.get(entry.replaces);
    this.quieten();
    const line = entry.kind === "said" ? this.speech(entry) : this.event(entry);
    if (before) before.replaceWith(line);
    else this.log.append(line);
    if (entry.cut) this.voice.stop();
    if (entry.kind === "said") this.said.set(entry.id, line);
    if (isLive && entry.kind === "said" && !entry.cut) {
      line.classList.add("now");
      setTimeout(() => line.classList.remove("now"), entry.seconds * 1000);
      const isHeard = this.voice.say(entry.text, entry.language, line.querySelector("audio"));
      if (!isHeard) this.problem.textContent = this.words.text("handset.no_voice_in", { language: this.words.language(entry.language) });
    }
    this.scroll();
  }

  speech(entry) {
    const cut = entry.cut ? element("span", { class: "cut", lang: this.words.code }, ` (${this.words.text("entry.cut")})`) : "";
    return element("p", { class: "said", lang: entry.language, dir: entry.direction }, entry.text, cut, entry.sound && this.player(entry.sound));
  }

  /** What was played instead of spoken, to be heard again. */
  player(source) {
    const sound = element("audio", { src: source, preload: "none" });
    const again = () => {
      sound.currentTime = 0;
      sound.play();
    };
    return [" ", element("button", { type: "button", class: "hear", "aria-label": this.words.text("entry.sound"), click: again }, "▶"), sound];
  }

  event(entry) {
    const what = this.words.textOr(`entry.${entry.kind}`, entry.kind);
    const detail = SPEAKING_FOR_THEMSELVES.includes(entry.kind) ? "" : this.words.textOr(`entry.${entry.kind}.${entry.text}`, entry.text);
    return element("p", { class: `event ${entry.kind.replace(/ /g, "-")}` }, what, detail && " ", detail && isolated(detail, "detail"));
  }

  message(sms) {
    const body = element("span", { dir: sms.direction }, sms.body);
    this.log.append(element("p", { class: "sms" }, element("b", {}, this.words.text("sms.one", { from: sms.from })), body));
    this.scroll();
  }

  scroll() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Read aloud to a screen reader what comes from now on. */
  announce() {
    this.log.setAttribute("aria-live", "polite");
  }

  tick(now) {
    const since = this.leg?.answeredAt ?? null;
    this.time.textContent = since === null ? "" : this.words.time((this.leg.endedAt ?? now) - since);
  }

  show() {
    const { leg, words } = this;
    this.root.classList.toggle("rings", leg?.asked === "ring");
    this.root.classList.toggle("alive", Boolean(leg?.isAlive));
    this.own.replaceChildren(leg?.number ? isolated(leg.number) : "");
    this.state.textContent = words.textOr(`state.${leg ? leg.state : "idle"}`, leg?.state ?? "");
    this.shown.replaceChildren(...this.display());
    this.hint.textContent = this.advice();
    const can = this.can();
    const focused = document.activeElement;
    for (const [act, button] of Object.entries(this.acts)) button.hidden = !can.has(act);
    if (focused?.hidden && this.root.contains(focused)) this.log.focus({ preventScroll: true });
    for (const key of this.keypad.children) key.setAttribute("aria-disabled", String(!can.has("press")));
  }

  display() {
    const { leg, words } = this;
    if (!leg) return [words.text("handset.nothing")];
    const key = leg.direction === "inbound" ? "handset.dials" : "handset.shows";
    return [`${words.text(key)} `, leg.shown ? isolated(leg.shown) : words.text("handset.withheld")];
  }

  can() {
    const { leg } = this;
    if (!leg?.isAlive) return new Set();
    const acts = ["hang_up"];
    if (leg.live && leg.asked === "ring") return new Set(["answer", "decline"]);
    if (leg.live) acts.push("press");
    if (leg.live && leg.asked === "record") acts.push(this.isSpeaking ? "quiet" : "speak");
    if (leg.live && leg.turn && this.isFast) acts.push("wait");
    return new Set(acts);
  }

  /** What there is to do now, in a sentence. */
  advice() {
    const { leg, words } = this;
    if (!leg) return words.textOr(`hint.idle.${this.name}`, words.text("hint.idle"));
    if (!leg.isAlive) return words.text("hint.over", { reason: words.textOr(`reason.${leg.reason}`, words.text(`state.${leg.state}`)) });
    if (!leg.live) return words.text("hint.machine");
    if (leg.asked === "keys") return words.text(leg.turn ? "hint.turn" : "hint.keys");
    if (leg.asked === "talk") return words.text(leg.star ? "hint.star" : "hint.talk");
    if (!leg.asked && this.waitsFor) return words.text("hint.held", { person: this.waitsFor });
    return words.text(`hint.${leg.asked || "listen"}`);
  }

  type(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !KEYS.includes(event.key)) return;
    event.preventDefault();
    this.press(event.key);
  }

  press(key) {
    if (!this.can().has("press")) return;
    this.voice.stop(); // who presses a key has heard enough
    this.typed.textContent += key;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => (this.typed.textContent = ""), TYPED_FOR);
    this.does("press", key);
  }

  async does(act, keys = "") {
    this.problem.textContent = "";
    try {
      await this.act(this.leg, act, keys);
      if (act === "speak" || act === "quiet") this.isSpeaking = act === "speak";
      this.show();
    } catch (error) {
      this.problem.textContent = error.message ? this.words.said(error.message) : this.words.text("lost.away");
    }
  }

  async switchSound() {
    const isOn = this.sound.getAttribute("aria-pressed") !== "true";
    this.sound.setAttribute("aria-pressed", String(isOn));
    this.problem.textContent = (await this.voice.turn(isOn)) ? "" : this.words.text("handset.no_voice");
  }
}
