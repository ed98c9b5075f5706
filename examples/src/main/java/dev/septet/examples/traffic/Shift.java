package dev.septet.examples.traffic;

/** A possible change in the requests to a model, or in their results. */
public enum Shift {
    /** No change: requests like the training data. */
    NONE,
    /** Tickets are longer, by up to three sentences. */
    LONGER,
    /** Tickets come in German. */
    LANGUAGE,
    /** The shop sells other devices, and customers have other requests. */
    INTENTS,
    /** No tickets, but small talk. */
    TOPIC,
    /** Tickets are typed in haste: a letter in twelve is missing, doubled or moved. */
    TYPOS,
    /** The requests stay the same; the model declines to answer. */
    REFUSALS,
    /** The requests stay the same; people dislike the answers. */
    FEEDBACK
}
