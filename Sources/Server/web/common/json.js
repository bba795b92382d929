/** Reads what somebody wrote as JSON; `what` begins the sentence that says what is wrong with it. */
export function readJSON(text, what) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} no JSON: ${error.message}`, { cause: error });
  }
}
