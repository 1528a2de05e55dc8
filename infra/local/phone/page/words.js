// The page's words: one JSON file a language, in words/. What the server says in English has its translation under "server.".

const LANGUAGES = ["en", "ar"];
const KEPT = "phone.language";

/** The words of a language: that of the address, else the one chosen last, else the browser's. */
export async function load(wanted) {
  const code = [wanted, kept(), ...navigator.languages.map((tag) => tag.slice(0, 2))].find((one) => LANGUAGES.includes(one)) ?? "en";
  const answer = await fetch(`/phone/page/words/${code}.json`);
  if (wanted === code) keep(code);
  return new Words(code, await answer.json());
}

class Words {
  constructor(code, texts) {
    this.code = code;
    this.texts = texts;
    this.others = LANGUAGES.filter((one) => one !== code);
  }

  /** The text of a key. Each value stands apart from the writing direction around it (Unicode's isolates). */
  text(key, values = {}) {
    const text = this.texts[key];
    if (text === undefined) throw new Error(`${this.code}.json has no ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => `\u2068${values[name]}\u2069`);
  }

  /** The text of a key, or of what else there is to say where no words are known for it. */
  textOr(key, other) {
    return key in this.texts ? this.texts[key] : other;
  }

  /** What the server says in English, in this language. */
  ofServer(key, english) {
    return this.textOr(`server.${key}`, english);
  }

  /** A sentence that the server says in English, in this language: known whole, or but for the {values} in it. */
  said(english) {
    if (!this.sayings) {
      const begins = "server.said.";
      this.sayings = Object.keys(this.texts).filter((key) => key.startsWith(begins)).map((key) => [sentence(key.slice(begins.length)), key]);
    }
    for (const [whole, key] of this.sayings) {
      const found = whole.exec(english);
      if (found) return this.text(key, this.named(found.groups ?? {}));
    }
    return english;
  }

  /** What the server names in English, such as a person, in this language. */
  named(values) {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.textOr(`${name}.${value}`, value)]));
  }

  /** The name of a language, by its code. */
  language(code) {
    return new Intl.DisplayNames([this.code], { type: "language" }).of(code);
  }

  /** Seconds as minutes and seconds. */
  time(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }
}

function sentence(template) {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`, "s");
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // storage is switched off
  }
}

function keep(code) {
  try {
    localStorage.setItem(KEPT, code);
  } catch {
    // the address still says it
  }
}
