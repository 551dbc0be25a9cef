// What a person did in a component, step by step. Comes before the component's own script, in one
// module. The other side is steps.py.

/** Keeps steps until Python says that it has applied them, and sends those that it has not. */
class Steps {
  constructor() {
    this.run = crypto.getRandomValues(new Uint32Array(2)).join("-")
    this.start = 0
    this.waiting = []
  }

  /** Forget the steps that Python has applied; `applied` counts them by run. */
  update(applied, setState) {
    this.setState = setState
    const count = applied[this.run] ?? 0
    this.waiting.splice(0, count - this.start)
    this.start = Math.max(this.start, count)
  }

  add(step) {
    this.waiting.push(step)
    this.setState("steps", { run: this.run, start: this.start, steps: [...this.waiting] })
  }
}
