// The call flow of a page as a drawing, with the step lit at which each leg stands.

import { drawn, element } from "/phone/page/element.js";
import { get } from "/phone/page/server.js";

const FOLLOWED = "";
const LABEL = 28; // letters of an edge's words that are shown; a pointer over them shows all
const LETTER = 6.6; // the width of one in a step, in pixels

export class Flow {
  constructor(words) {
    this.words = words;
    this.pages = new Map();
    this.told = new Map(); // the words of each page and its steps
    this.stands = new Map(); // the handset's name -> page:step
    this.been = new Set();
    this.steps = new Map(); // of the drawing: page:step -> its group
    this.shown = "";
    this.latest = "";
    this.select = element("select", { id: "flow-page", change: () => this.show() }, element("option", { value: FOLLOWED }, words.text("flow.follow")));
    this.where = element("p", { class: "where" }, words.text("flow.nowhere"));
    this.scroll = element("div", { class: "drawing", tabindex: "0", role: "region", "aria-label": words.text("flow.drawing"), dir: "ltr" });
    this.wide = element("button", { type: "button", class: "quiet", "aria-pressed": "false", click: () => this.widen() }, words.text("flow.wide"));
    this.root = element("div", { class: "flow" }, element("div", { class: "row" }, element("div", { class: "field" }, element("label", { for: "flow-page" }, words.text("flow.page")), this.select), this.wide), this.where, this.scroll);
    this.begin();
  }

  async begin() {
    const { pages } = await get(`/phone/flow?language=${this.words.code}`);
    this.told = new Map(pages.map((one) => [one.page, one]));
    for (const one of pages) this.select.append(element("option", { value: one.page }, this.title(one.page)));
    if (!this.latest) this.latest = pages[0].page;
    this.show();
  }

  title(page) {
    return this.told.get(page)?.title ?? page;
  }

  widen() {
    const isWide = this.wide.getAttribute("aria-pressed") !== "true";
    this.wide.setAttribute("aria-pressed", String(isWide));
    document.body.classList.toggle("wide", isWide);
    this.centre();
  }

  /** A leg stands at a step now. */
  stand(person, page, step) {
    this.stands.set(person, `${page}:${step}`);
    this.been.add(`${page}:${step}`);
    this.latest = page;
    this.show();
  }

  /** A leg has ended: it stands nowhere. */
  leave(person) {
    if (this.stands.delete(person)) this.show();
  }

  async show() {
    const page = this.select.value || this.latest;
    if (!page) return;
    this.tell();
    if (this.shown !== page) {
      this.shown = page;
      this.steps = new Map();
      const flow = await this.flow(page);
      if (this.shown !== page) return;
      this.draw(flow);
    }
    this.light();
  }

  tell() {
    const stands = [...this.stands].map(([person, id]) => {
      const [page, step] = id.split(":");
      return element("span", { class: "stands" }, `${this.words.textOr(`person.${person}`, person)}: ${this.title(page)} › `, element("bdi", {}, this.told.get(page)?.steps[step] ?? step));
    });
    this.where.replaceChildren(...(stands.length ? stands : [this.words.text("flow.nowhere")]));
  }

  flow(page) {
    if (!this.pages.has(page)) this.pages.set(page, get(`/phone/flow/${page}.json?language=${this.words.code}`));
    return this.pages.get(page);
  }

  draw(flow) {
    const title = drawn("title", {}, this.title(flow.page));
    const svg = drawn("svg", { viewBox: `0 0 ${flow.width} ${flow.height}`, width: flow.width, height: flow.height, role: "img", "aria-label": this.words.text("flow.of", { page: this.title(flow.page) }), direction: this.words.text("direction") }, title, arrowhead());
    const steps = flow.steps.map((step) => this.step(step));
    svg.append(...flow.edges.map((edge) => this.edge(edge)), ...steps.map(([, group]) => group), ...labels(flow.edges));
    this.steps = new Map(steps);
    this.scroll.replaceChildren(svg);
  }

  step(step) {
    const group = drawn("g", { class: `step ${step.entry ? "entry" : ""} ${step.elsewhere ? "elsewhere" : ""}`, "data-step": step.id });
    const tag = drawn("text", { class: "tag", x: step.x, y: step.y - step.height / 2 - 5 });
    const text = drawn("text", { x: step.x, y: step.y + 4 }, clipped(step));
    group.append(drawn("title", {}, [step.words, ...step.says].join("\n")), drawn("path", { d: outline(step) }), text, tag);
    return [step.id, group];
  }

  edge(edge) {
    const way = edge.points.map(([x, y], nth) => `${nth ? "L" : "M"}${x} ${y}`).join("");
    return drawn("path", { class: edge.aside ? "edge aside" : "edge", d: way, "marker-end": "url(#arrow)", "data-from": edge.from, "data-to": edge.to });
  }

  light() {
    const tags = new Map();
    for (const [person, id] of this.stands) tags.set(id, [...(tags.get(id) ?? []), this.words.textOr(`person.${person}`, person)]);
    for (const [id, group] of this.steps) {
      group.classList.toggle("lit", tags.has(id));
      group.classList.toggle("been", this.been.has(id));
      group.lastChild.textContent = tags.has(id) ? `▼ ${tags.get(id).join(", ")}` : "";
    }
    this.centre();
  }

  /** Bring the lit step, else the first one, into the middle of what is seen. */
  centre() {
    const lit = this.scroll.querySelector(".step.lit") ?? this.scroll.querySelector(".step");
    if (!lit || this.scroll.offsetParent === null) return;
    const box = lit.getBoundingClientRect();
    const view = this.scroll.getBoundingClientRect();
    this.scroll.scrollBy(box.x + box.width / 2 - view.x - view.width / 2, box.y + box.height / 2 - view.y - view.height / 2);
  }
}

function arrowhead() {
  const head = drawn("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
  head.append(drawn("path", { d: "M0 0L8 4L0 8Z" }));
  return drawn("defs", {}, head);
}

function labels(edges) {
  return edges.filter((edge) => edge.words.length).map((edge) => {
    const text = edge.words.join(" / ");
    const [x, y] = edge.at;
    return drawn("text", { class: "words", x, y: y + 3 }, drawn("title", {}, text), text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text);
  });
}

function clipped({ words, width, shape }) {
  const fits = Math.floor((width - 16) / LETTER);
  if (words.length <= fits) return words;
  const most = shape === "diamond" ? Math.floor(fits * 0.8) : fits; // its corners hold no letters
  return `${words.slice(0, most - 1)}…`;
}

/** What a step is can be seen from its outline, as in the diagrams of the docs. */
function outline({ shape, x, y, width, height }) {
  const [l, r, t, b, s] = [x - width / 2, x + width / 2, y - height / 2, y + height / 2, 12];
  const through = (...points) => `M${points.map((point) => point.join(" ")).join("L")}Z`;
  switch (shape) {
    case "hexagon":
      return through([l + s, t], [r - s, t], [r, y], [r - s, b], [l + s, b], [l, y]);
    case "slant":
      return through([l + s, t], [r, t], [r - s, b], [l, b]);
    case "diamond":
      return through([x, t - 4], [r + 6, y], [x, b + 4], [l - 6, y]);
    case "move":
      return through([l, t], [r, t], [r - s, b], [l + s, b]);
    case "ring":
      return through([l + s, t], [r - s, t], [r, b], [l, b]);
    case "flag":
      return through([l, t], [r, t], [r, b], [l, b], [l + s, y]);
    case "box":
      return `${through([l, t], [r, t], [r, b], [l, b])}M${l + 6} ${t}V${b}M${r - 6} ${t}V${b}`;
    default: {
      const k = shape === "round" ? 8 : height / 2;
      return `M${l + k} ${t}H${r - k}A${k} ${k} 0 0 1 ${r} ${t + k}V${b - k}A${k} ${k} 0 0 1 ${r - k} ${b}H${l + k}A${k} ${k} 0 0 1 ${l} ${b - k}V${t + k}A${k} ${k} 0 0 1 ${l + k} ${t}Z`;
    }
  }
}
