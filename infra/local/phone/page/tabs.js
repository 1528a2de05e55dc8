// Panels behind tabs, by the ARIA pattern: arrow keys go from tab to tab, one of which is in the order of Tab.

import { element } from "/phone/page/element.js";

export class Tabs {
  /** `panels`: [name, title, element] each. */
  constructor(label, panels) {
    this.tabs = new Map();
    this.list = element("div", { class: "tabs", role: "tablist", "aria-label": label, keydown: (event) => this.move(event) });
    this.root = element("div", { class: "panels" }, this.list);
    for (const [name, title, content] of panels) this.add(name, title, content);
    this.choose(panels[0][0]);
  }

  add(name, title, content) {
    const count = element("span", { class: "count" });
    const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, click: () => this.choose(name) }, title, " ", count);
    const panel = element("div", { class: "panel", role: "tabpanel", id: `panel-${name}`, "aria-labelledby": tab.id, tabindex: "0" }, content);
    this.tabs.set(name, { tab, panel, count, number: 0 });
    this.list.append(tab);
    this.root.append(panel);
  }

  choose(name) {
    for (const [one, { tab, panel }] of this.tabs) {
      tab.setAttribute("aria-selected", String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
      panel.hidden = one !== name;
    }
    this.chosen = name;
    this.root.dispatchEvent(new CustomEvent("chosen", { detail: name }));
  }

  /** One more of what a panel lists. */
  count(name) {
    const one = this.tabs.get(name);
    one.number += 1;
    one.count.textContent = String(one.number);
  }

  move(event) {
    const names = [...this.tabs.keys()];
    const step = document.dir === "rtl" ? -1 : 1;
    const moves = { ArrowRight: step, ArrowLeft: -step };
    const at = names.indexOf(this.chosen);
    const to = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1 : moves[event.key] && (at + moves[event.key] + names.length) % names.length;
    if (to === undefined) return;
    event.preventDefault();
    this.choose(names[to]);
    this.tabs.get(names[to]).tab.focus();
  }
}
