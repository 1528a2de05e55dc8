// The verdict of a call and why: every rule of the table, those that held, and the one that decided.

import { element } from "/phone/page/element.js";

export class Verdict {
  constructor(words) {
    this.words = words;
    this.root = element("div", {}, element("p", { class: "muted" }, words.text("verdict.none")));
    this.line = element("p", { class: "judged" });
  }

  show(told) {
    this.line.replaceChildren(...this.inALine(told));
    this.root.replaceChildren(...this.whole(told).filter(Boolean));
  }

  chip(kind) {
    return element("span", { class: `verdict ${kind}` }, this.words.textOr(`verdict.${kind}`, kind));
  }

  inALine(told) {
    const { words } = this;
    const way = words.ofServer(`way.${told.way}`, `The caller ${told.way_words}.`);
    const problem = told.problem && element("span", { class: "problem" }, words.said(told.problem), " ");
    if (!told.kind) return [problem || way];
    return [problem, this.chip(told.kind), " ", words.text("verdict.because", { reason: this.rule(told.rule, told.words) }), " ", way].filter(Boolean);
  }

  rule(number, english) {
    return this.words.ofServer(`rule.${number}`, english);
  }

  whole(told) {
    const { words } = this;
    return [
      element("p", {}, this.inALine(told)),
      told.note && element("p", {}, `${words.text("verdict.note")} `, element("bdi", {}, told.note)),
      told.reputation && this.reputation(told.reputation),
      told.rules.length > 0 && this.table(told),
    ];
  }

  table(told) {
    const { words } = this;
    const head = ["rule", "holds_for", "gives", "here"].map((name) => element("th", { scope: "col" }, words.text(`verdict.${name}`)));
    return element(
      "table",
      {},
      element("caption", {}, words.text("verdict.table")),
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, told.rules.map((rule) => this.row(rule))),
    );
  }

  row(rule) {
    const { words } = this;
    const here = rule.gave ? "gave" : rule.spoke ? "spoke" : "silent";
    return element(
      "tr",
      { class: here },
      element("th", { scope: "row" }, String(rule.rule)),
      element("td", {}, this.rule(rule.rule, rule.words), rule.note && [" ", element("bdi", { class: "muted" }, rule.note)]),
      element("td", {}, words.textOr(`gives.${rule.verdict}`, rule.verdict)),
      element("td", {}, words.text(`rule.${here}`)),
    );
  }

  /** The arithmetic of reports as a picture: how sure they make us, beside the threshold. */
  reputation(told) {
    const { words } = this;
    const label = words.text("reputation.words", { people: told.people, confidence: told.confidence, threshold: told.threshold });
    return element(
      "figure",
      { class: "reputation" },
      element("figcaption", {}, label),
      element("meter", { min: "0", max: "1", high: String(told.threshold), value: String(told.confidence), "aria-label": label }),
      element("p", { class: "muted" }, words.text("reputation.weights", { spam: told.spam, legit: told.legit })),
    );
  }
}
