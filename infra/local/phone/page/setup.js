// What kind of call to place: who calls, which line, who answers, how fast. One press on "Ring" with nothing chosen works.

import { element, isolated } from "/phone/page/element.js";
import { get, post } from "/phone/page/server.js";

const TYPED = "typed";
const PEOPLE = ["customer", "care", "second_care"];

export class Setup {
  /** `ready` is what the server offers; `before()` is waited for, and `placed(name)` told of each new call. */
  constructor(ready, words, before, placed) {
    this.ready = ready;
    this.words = words;
    this.before = before;
    this.placed = placed;
    this.verdicts = new Map(); // of the cards, by the caller's id
    this.build();
  }

  build() {
    const { words, ready } = this;
    this.number = element("input", { id: "typed-number", type: "text", inputmode: "tel", dir: "ltr", autocomplete: "off", "aria-label": words.text("setup.number"), placeholder: "+96892223344", focus: () => this.chooseTyped() });
    this.cards = element("div", { class: "cards" }, ready.callers.map((caller, nth) => this.card(caller, nth === 0)), this.typedCard());
    this.line = this.select("line", ready.lines.map((line) => [line.number, `${words.textOr(`line.${line.kind}`, line.words)} ⁦${line.number}⁩`]));
    this.people = Object.fromEntries(
      PEOPLE.map((person) => [
        person,
        this.select(`people.${person}`, ready.people[person].map((kind) => [kind.id, words.textOr(`answers.${kind.id}`, kind.words)])),
      ]),
    );
    this.speed = this.select("speed", ready.speeds.map((speed) => [speed, words.textOr(`speed.${speed}`, speed)]));
    this.speed.select.value = "fast"; // who is new here need not wait for each prompt to its end
    this.ring = element("button", { type: "submit", class: "ring" }, words.text("setup.ring"));
    this.problem = element("p", { class: "problem", role: "alert" });
    this.root = element(
      "form",
      { class: "setup", novalidate: true, submit: (event) => this.submit(event), change: (event) => this.follow(event) },
      element("fieldset", {}, element("legend", {}, words.text("setup.who")), this.cards, element("p", { class: "muted small" }, words.text("setup.now"))),
      element("div", { class: "row" }, [this.line, ...Object.values(this.people), this.speed].map((one) => one.field), this.ring),
      this.problem,
    );
  }

  card(caller, isChosen) {
    const { words } = this;
    const verdict = element("span", { class: "verdict" });
    this.verdicts.set(caller.id, verdict);
    this.tell(caller);
    return element(
      "label",
      { class: "card" },
      element("input", { type: "radio", name: "caller", value: caller.id, checked: isChosen }),
      element("span", { class: "title" }, words.textOr(`caller.${caller.id}`, caller.words)),
      element("span", { class: "about" }, caller.from.startsWith("+") || /^\d+$/.test(caller.from) ? isolated(caller.from) : "", verdict),
    );
  }

  /** The verdict that a caller has now; the customer, who calls the report line, has none. */
  tell({ id, verdict }) {
    const chip = this.verdicts.get(id);
    chip.className = `verdict ${verdict}`;
    chip.textContent = verdict && this.words.text(`verdict.${verdict}`);
    chip.hidden = !verdict;
  }

  /** What was reported meanwhile has changed some verdicts. */
  async refresh() {
    const ready = await get("/phone/callers").catch(() => this.ready);
    ready.callers.forEach((caller) => this.tell(caller));
  }

  typedCard() {
    return element(
      "label",
      { class: "card" },
      element("input", { type: "radio", name: "caller", value: TYPED }),
      element("span", { class: "title" }, this.words.text("setup.typed")),
      this.number,
    );
  }

  select(name, choices) {
    const select = element("select", { id: `choose-${name}`, name }, choices.map(([value, text]) => element("option", { value }, text)));
    const field = element("div", { class: "field" }, element("label", { for: select.id }, this.words.text(`setup.${name}`)), select);
    return { select, field };
  }

  get chosen() {
    return this.root.elements.caller.value;
  }

  chooseTyped() {
    this.root.elements.caller.value = TYPED;
  }

  /** A caller who is no case for a verdict calls the report line; everybody else the customer. */
  follow(event) {
    if (event.target.name !== "caller") return;
    const caller = this.ready.callers.find((one) => one.id === this.chosen);
    const kind = caller && !caller.verdict ? "report" : "protected";
    this.line.select.value = this.ready.lines.find((line) => line.kind === kind).number;
  }

  asked() {
    const caller = this.ready.callers.find((one) => one.id === this.chosen) ?? { from: this.number.value.trim(), parameters: {} };
    return {
      from: caller.from,
      to: this.line.select.value,
      parameters: caller.parameters,
      people: Object.fromEntries(Object.entries(this.people).map(([person, one]) => [person, one.select.value])),
      speed: this.speed.select.value,
    };
  }

  async submit(event) {
    event.preventDefault();
    this.problem.textContent = "";
    if (this.chosen === TYPED && !this.number.value.trim()) {
      this.problem.textContent = this.words.text("setup.no_number");
      this.number.focus();
      return;
    }
    this.ring.disabled = true;
    try {
      await this.before();
      this.placed((await post("/phone/calls", this.asked())).call);
    } catch (error) {
      this.problem.textContent = error.message ? this.words.said(error.message) : this.words.text("lost.away");
    } finally {
      this.ring.disabled = false;
    }
  }
}
