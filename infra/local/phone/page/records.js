// What the table holds of a call, as it is written: each change of a record, the last one first.

import { element, isolated } from "/phone/page/element.js";

export class Records {
  constructor(words) {
    this.words = words;
    this.list = element("div", { class: "list" });
    this.empty = element("p", { class: "muted" }, words.text("records.none"));
    this.root = element("div", {}, this.empty, this.list);
  }

  add(record) {
    this.empty.hidden = true;
    this.list.prepend(this.one(record));
  }

  one(record) {
    const { words } = this;
    const attributes = Object.entries(record.attributes).filter(([name]) => record.change !== "changed" || name in record.was);
    return element(
      "details",
      { class: `record ${record.change}`, "data-kind": record.kind, open: true },
      element(
        "summary",
        {},
        isolated(words.time(record.at), "number at"),
        element("b", { lang: "en" }, record.kind),
        element("span", { class: "change" }, words.text(`change.${record.change}`)),
      ),
      element("p", {}, isolated(record.key.join(" / "), "path")),
      element("dl", { class: "form", dir: "ltr", lang: "en" }, attributes.flatMap(([name, value]) => [element("dt", {}, name), this.value(value, record.was[name])])),
    );
  }

  value(now, before) {
    const was = before === undefined || before === null ? "" : [element("del", {}, shown(before)), " → "];
    return element("dd", {}, was, element("bdi", {}, shown(now)));
  }
}

function shown(value) {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
