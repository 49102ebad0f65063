// Counts assertions: each is one line of the output and one in the summary; none stops the others.

import { isDeepStrictEqual, inspect } from 'node:util';

const shown = (value) => inspect(value, { depth: 6, breakLength: Infinity, maxStringLength: 300 });

/** Every member of `want` is in `got` with the same value, at any depth. */
export function holds(got, want) {
  const isObject = want !== null && typeof want === 'object' && !Array.isArray(want);
  if (!isObject) return isDeepStrictEqual(got, want);
  return got !== null && typeof got === 'object'
    && Object.entries(want).every(([key, value]) => holds(got[key], value));
}

/** Google's machine-readable reason in either envelope, or the OAuth error. */
export function reasonOf(error) {
  const body = error.response?.data?.error;
  return typeof body === 'string' ? body : body?.errors?.[0]?.reason;
}

export class Checks {
  story = '';
  done = [];

  #note(what, good, why) {
    this.done.push({ story: this.story, what, good, why: good ? '' : why });
    console.log(`${good ? 'ok    ' : 'FAILED'} ${this.story}: ${what}${good ? '' : `: ${why}`}`);
    return good;
  }

  equal(what, got, want) {
    return this.#note(what, isDeepStrictEqual(got, want), `got ${shown(got)}, wanted ${shown(want)}`);
  }

  true(what, got, context) {
    return this.#note(what, Boolean(got), `got ${shown(got)}, ${shown(context)}`);
  }

  has(what, got, want) {
    return this.#note(what, holds(got, want), `got ${shown(got)}, wanted it to hold ${shown(want)}`);
  }

  /** The promise fails with an answer of this status and reason; undefined is any, where Google doesn't say. */
  async refused(what, promise, status, reason) {
    try {
      const { data } = await promise;
      this.#note(what, false, `not refused but answered ${shown(data)}, wanted ${status} ${reason}`);
      return null;
    } catch (error) {
      const seen = [error.status ?? error.response?.status, reasonOf(error)];
      const good = seen[0] >= 400 && (status ?? seen[0]) === seen[0] && (reason ?? seen[1]) === seen[1];
      this.#note(what, good, `refused with ${shown(seen)} ${error.message}, wanted ${status} ${reason}`);
      return error;
    }
  }

  /** Tells a story. One that breaks off is a failed assertion. */
  async tell(name, story) {
    this.story = name;
    try {
      return await story();
    } catch (error) {
      console.error(error.response?.data ?? error);
      this.#note('the story comes to its end', false, error.message);
      return null;
    }
  }

  summary() {
    const passed = this.done.filter((check) => check.good).length;
    return { passed, failed: this.done.length - passed, checks: this.done };
  }
}
