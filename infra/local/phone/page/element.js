// Elements by name, attributes and children. Texts become text nodes, so that nothing a caller sends is read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. An attribute that is a function listens to the event of its name; false and null leave it out. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An element of a drawing. */
export function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** A number, a path or another text that is read from the left in every language. */
export function isolated(text, className = "number") {
  return element("bdi", { class: className, dir: "ltr" }, text);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return made;
}
