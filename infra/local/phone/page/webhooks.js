// The webhooks of a call, the last one first: what was asked, with its signature, and what the service answered.

import { element, isolated } from "/phone/page/element.js";

export class Webhooks {
  constructor(words) {
    this.words = words;
    this.list = element("div", { class: "list" });
    this.empty = element("p", { class: "muted" }, words.text("webhooks.none"));
    this.root = element("div", {}, this.empty, this.list);
    this.newest = null;
  }

  add(webhook) {
    this.empty.hidden = true;
    if (this.newest?.dataset.touched === undefined) this.newest?.removeAttribute("open");
    this.newest = this.one(webhook);
    this.list.prepend(this.newest);
  }

  one(webhook) {
    const { words } = this;
    const isWrong = webhook.status === 0 || webhook.status >= 400;
    const status = webhook.status || words.text("webhooks.no_answer");
    const step = webhook.asked ? webhook.asked.replace(":", " › ").replaceAll("_", " ") : webhook.path;
    return element(
      "details",
      { class: isWrong ? "webhook wrong" : "webhook", open: true },
      element(
        "summary",
        { click: (event) => (event.currentTarget.parentElement.dataset.touched = "") },
        isolated(words.time(webhook.at), "number at"),
        element("span", {}, words.textOr(`person.${webhook.leg}`, webhook.leg)),
        isolated(step, "asked"),
        isolated(`${status} · ${webhook.ms} ms`),
        element("span", { class: `signature ${webhook.signature || "none"}` }, words.text(`signature.${webhook.signature || "none"}`)),
        webhook.delivery > 1 && element("span", { class: "again" }, words.text("webhooks.again", { nth: webhook.delivery })),
      ),
      element("p", {}, isolated(`${webhook.method} ${webhook.path}`, "path")),
      webhook.error && element("p", { class: "problem", lang: "en" }, webhook.error),
      element("h3", {}, words.text("webhooks.answer")),
      webhook.twiml ? element("pre", { class: "twiml", dir: "ltr", tabindex: "0" }, pretty(webhook.twiml)) : element("p", { class: "muted" }, words.text("webhooks.no_twiml")),
      element("h3", {}, words.text("webhooks.form")),
      element("dl", { class: "form", dir: "ltr" }, Object.entries(webhook.form).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    );
  }
}

/** A document with a line for each tag, as elements and texts. */
export function pretty(xml) {
  const read = new DOMParser().parseFromString(xml, "application/xml");
  return read.querySelector("parsererror") ? [xml] : lines(read.documentElement, 0);
}

function lines(node, depth) {
  const indent = "  ".repeat(depth);
  const children = [...node.childNodes].filter((child) => child.nodeType === Node.ELEMENT_NODE || child.textContent.trim());
  const opening = [indent, element("span", { class: "tag" }, `<${node.nodeName}`), ...[...node.attributes].flatMap(({ name, value }) => [" ", element("span", { class: "name" }, `${name}=`), element("span", { class: "value" }, `"${value}"`)])];
  if (!children.length) return [...opening, element("span", { class: "tag" }, "/>"), "\n"];
  const closing = element("span", { class: "tag" }, `</${node.nodeName}>`);
  if (children.every((child) => child.nodeType === Node.TEXT_NODE)) {
    return [...opening, element("span", { class: "tag" }, ">"), element("bdi", {}, node.textContent.trim()), closing, "\n"];
  }
  const inside = children.flatMap((child) => (child.nodeType === Node.ELEMENT_NODE ? lines(child, depth + 1) : [`${indent}  `, element("bdi", {}, child.textContent.trim()), "\n"]));
  return [...opening, element("span", { class: "tag" }, ">"), "\n", ...inside, indent, closing, "\n"];
}
