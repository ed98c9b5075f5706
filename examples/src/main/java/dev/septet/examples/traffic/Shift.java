package dev.septet.examples.traffic;

/** What may change in the requests to a model, or in what comes of them. */
public enum Shift {
    /** Nothing: more of what the model was trained on. */
    NONE,
    /** Tickets say more: up to three more sentences each. */
    LONGER,
    /** Tickets come in German. */
    LANGUAGE,
    /** The shop sells other devices, and customers want other things of it. */
    INTENTS,
    /** No tickets, but small talk. */
    TOPIC,
    /** Tickets are typed in haste: a letter in twelve is missing, doubled or moved. */
    TYPOS,
    /** The questions stay; the model declines to answer. */
    REFUSALS,
    /** The questions stay; people do not like the answers. */
    FEEDBACK
}
