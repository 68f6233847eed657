/** The agents on offer, made of the frames that tell all of them or what has changed. */
export class AgentList {
  #agents = new Map();

  /** @returns {{agentId: string, status: string, description?: string}[]} */
  get all() {
    return [...this.#agents.values()];
  }

  /** Takes an `agents` frame and gives all of them. */
  take({ complete, agents }) {
    if (complete === true) this.#agents.clear();
    for (const agent of agents) this.#agents.set(agent.agentId, agent);
    return this.all;
  }
}
