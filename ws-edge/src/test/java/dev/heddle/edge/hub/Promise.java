package dev.heddle.edge.hub;

/** The promises that the simulation checks after every step, by name. */
enum Promise {
    ORDER,
    NOTHING_LOST,
    NOTHING_TWICE,
    NOBODY_ELSES,
    HONEST_RESUME,
    BOUNDED,
    /** Not one of the seven: the simulated hub ran into a bug of its own. */
    NO_FAILURE
}
