// Faults of the running stack, to switch on and off. What is on is always to be seen.

import { element } from "/phone/page/element.js";
import { get, post } from "/phone/page/server.js";

const PARTS = ["dynamodb", "rest"];
const TROUBLES = ["up", "slow", "down"];
const ORDERS = ["duplicates", "disorder"];
const NONE = { dynamodb: "up", rest: "up", duplicates: false, disorder: false };

export class Faults {
  constructor(words) {
    this.words = words;
    this.build();
    this.read();
    addEventListener("focus", () => this.read()); // another window may have switched
  }

  build() {
    const { words } = this;
    this.choices = Object.fromEntries(PARTS.map((part) => [part, this.choice(part)]));
    this.checks = Object.fromEntries(
      ORDERS.map((order) => [order, element("input", { type: "checkbox", id: `fault-${order}`, change: (event) => this.change({ [order]: event.target.checked }) })]),
    );
    this.seconds = element("input", { type: "number", id: "fault-seconds", min: "0.1", max: "30", step: "0.1", change: (event) => this.change({ slow_seconds: event.target.valueAsNumber }) });
    this.problem = element("p", { class: "problem", role: "alert" });
    this.root = element(
      "details",
      { class: "faults" },
      element("summary", {}, words.text("faults")),
      element("p", { class: "muted" }, words.text("faults.about")),
      element(
        "div",
        { class: "row" },
        PARTS.map((part) => element("div", { class: "field" }, element("label", { for: `fault-${part}` }, words.text(`faults.${part}`)), this.choices[part])),
        element("div", { class: "field" }, element("label", { for: "fault-seconds" }, words.text("faults.slow_seconds")), this.seconds),
        ORDERS.map((order) => element("div", { class: "check" }, this.checks[order], element("label", { for: `fault-${order}` }, words.text(`faults.${order}`)))),
      ),
      this.problem,
    );
    this.present = element("span", {});
    this.banner = element(
      "div",
      { class: "notice bad on", hidden: true },
      element("p", { role: "status" }, this.present),
      element("button", { type: "button", class: "danger", click: () => this.change(NONE) }, words.text("faults.off")),
    );
  }

  choice(part) {
    return element(
      "select",
      { id: `fault-${part}`, change: (event) => this.change({ [part]: event.target.value }) },
      TROUBLES.map((trouble) => element("option", { value: trouble }, this.words.text(`faults.${trouble}`))),
    );
  }

  read() {
    return this.attempt(() => get("/phone/faults"));
  }

  change(changes) {
    return this.attempt(() => post("/phone/faults", changes));
  }

  async attempt(ask) {
    try {
      this.show(await ask());
      this.problem.textContent = "";
    } catch (error) {
      this.problem.textContent = error.message ? this.words.said(error.message) : this.words.text("lost.away");
    }
  }

  show(faults) {
    for (const part of PARTS) this.choices[part].value = faults[part];
    for (const order of ORDERS) this.checks[order].checked = faults[order];
    this.seconds.value = faults.slow_seconds;
    const on = [
      ...PARTS.filter((part) => faults[part] !== "up").map((part) => `${this.words.text(`faults.${part}`)}: ${this.words.text(`faults.${faults[part]}`)}`),
      ...ORDERS.filter((order) => faults[order]).map((order) => this.words.text(`faults.${order}`)),
    ];
    this.banner.hidden = on.length === 0;
    this.present.textContent = on.length ? this.words.text("faults.on", { faults: on.join(" · ") }) : "";
  }
}
