// The server's interface, which infra/local/phone/__init__.py describes.

/** What the server refused; the message is its sentence. */
export class RefusedError extends Error {}

export async function get(path) {
  return read(await reached(path));
}

export async function post(path, asked) {
  return read(await reached(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) }));
}

async function reached(path, request) {
  try {
    return await fetch(path, request);
  } catch {
    throw new RefusedError("");
  }
}

async function read(answer) {
  const told = await answer.json();
  if (!answer.ok) throw new RefusedError(told.error);
  return told;
}
