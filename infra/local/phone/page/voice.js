// The browser's own speech synthesis, and the sounds that calls play. Nothing is heard before somebody asks for it. All
// telephones of a window share one loudspeaker, which gives one thing after the other: what one telephone has no more
// to say is taken out of that line, and the others' words stay in it.

const LOADS_WITHIN = 1500; // ms in which a browser may still find its voices
const line = []; // {voice, begin(over), end()}: what is heard, and what waits for it

export class Voice {
  constructor() {
    this.isOn = false;
    voices(); // some browsers begin to look for them when they are asked first
  }

  /** Speak from now on, or no more. Whether this browser can do what is asked. */
  async turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.stop();
    return !isOn || voices().length > 0 || (await found());
  }

  /**
   * Say a text, or play the `sound` (an audio element) that holds it, after what is being said. Whether this can be
   * heard, or nothing is to be: false where there is no voice of the language.
   */
  say(text, language, sound = null) {
    if (!this.isOn) return true;
    const heard = sound ? played(sound) : spoken(text, language);
    if (!heard) return false;
    line.push({ voice: this, ...heard });
    if (line.length === 1) begin();
    return true;
  }

  /** This telephone says no more of what it began, or was about to say. */
  stop() {
    const [present, ...waiting] = line;
    if (!present) return;
    line.splice(1, waiting.length, ...waiting.filter((one) => one.voice !== this));
    if (present.voice !== this) return;
    present.end();
    goOn(present); // not every browser tells the end of what it cancels
  }
}

function begin() {
  const present = line[0];
  present?.begin(() => goOn(present));
}

/** Something has been heard to its end, or was interrupted: what comes next. */
function goOn(one) {
  if (line[0] !== one) return;
  line.shift();
  begin();
}

function played(sound) {
  return {
    begin(over) {
      for (const end of ["ended", "pause", "error"]) sound.addEventListener(end, over, { once: true });
      sound.play().catch(over);
    },
    end: () => sound.pause(),
  };
}

/** Null where this browser has no voice of the language. */
function spoken(text, language) {
  const own = voices().find((one) => one.lang.toLowerCase().split(/[-_]/)[0] === language);
  if (!own) return null;
  const speech = new SpeechSynthesisUtterance(text);
  [speech.voice, speech.lang] = [own, own.lang];
  return {
    begin(over) {
      [speech.onend, speech.onerror] = [over, over];
      speechSynthesis.speak(speech);
    },
    end: () => speechSynthesis.cancel(),
  };
}

function voices() {
  return globalThis.speechSynthesis?.getVoices() ?? [];
}

/** Wait for voices that a browser loads in the background. */
function found() {
  return new Promise((tell) => {
    const end = () => tell(voices().length > 0);
    setTimeout(end, LOADS_WITHIN);
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", end, { once: true });
  });
}
